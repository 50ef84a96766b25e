/** Frequent calls: publish, take, settle, and acquire permits. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.calls;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
