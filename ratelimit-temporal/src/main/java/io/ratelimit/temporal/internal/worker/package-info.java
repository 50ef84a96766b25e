/** The parts of a worker: its Temporal workers and its handlers' threads. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.internal.worker;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
