/** Whole rounds under virtual time: milliseconds to run, reproducible from a seed. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.simulation;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
