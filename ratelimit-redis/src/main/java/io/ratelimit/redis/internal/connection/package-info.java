/** Connections to Redis: opens them, replaces unusable ones, and listens for changes. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.connection;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
