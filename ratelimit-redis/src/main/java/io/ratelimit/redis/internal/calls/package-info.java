/** What processes do all day: publish, take, settle, and spend permits. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.calls;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
