/** The terms of rounds and of attempts, which engine, planner, simulator and Temporal share. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
