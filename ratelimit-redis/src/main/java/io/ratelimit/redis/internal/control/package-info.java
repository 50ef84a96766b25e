/** Occasional calls: change the limit, handle failed events, clear the queue. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.control;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
