/** The calls of the queue, and the decisions that are made there. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.internal.queue;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
