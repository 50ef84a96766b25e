/** Connections to Redis: opened, replaced when they are of no use, and heard on for changes. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.connection;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
