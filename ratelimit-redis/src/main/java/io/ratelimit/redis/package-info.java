/** An event queue with its rate limit in Redis, shared by any number of processes. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
