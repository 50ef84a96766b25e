/** The exact rate limit: a pure state machine that decides when the next attempt may start. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.limit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
