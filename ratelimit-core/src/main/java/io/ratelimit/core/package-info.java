/** The terms that the engine, the planner, the simulator and the Temporal manager share. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
