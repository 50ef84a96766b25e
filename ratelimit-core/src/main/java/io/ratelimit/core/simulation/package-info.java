/** Whole rounds in virtual time, which run in milliseconds and are reproducible from a seed. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.simulation;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
