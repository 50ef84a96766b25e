/** Whole rounds under virtual time: milliseconds to run, reproducible from a seed. */
@NullMarked
package io.ratelimit.core.simulation;

import org.jspecify.annotations.NullMarked;
