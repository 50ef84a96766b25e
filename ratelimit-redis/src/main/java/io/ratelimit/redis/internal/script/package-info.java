/** The Lua scripts, the keys that they touch, and what they reply. */
@CheckReturnValue
@NullMarked
package io.ratelimit.redis.internal.script;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
