/** What is done to a queue now and then: its limit, its failed events, a clear. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.control;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
