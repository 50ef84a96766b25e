/** The forms that events, settings and counts have in Redis. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.wire;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
