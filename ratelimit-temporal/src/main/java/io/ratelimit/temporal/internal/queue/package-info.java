/** Activities that call the queue, and the decisions made in them. */
@CheckReturnValue
@NullMarked
package io.ratelimit.temporal.internal.queue;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
