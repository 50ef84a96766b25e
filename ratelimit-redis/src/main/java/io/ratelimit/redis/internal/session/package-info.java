/** What one client remembers of the limit and of the time, and tells with each call. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.session;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
