/** The Lua scripts, their keys and their replies. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.script;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
