/** What a client remembers of the limit and the time, and passes with each call. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.session;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
