/** The forms of events, settings and counts in Redis. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.wire;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
