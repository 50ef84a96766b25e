/** A rate limit by itself: permits for calls that no event stands for. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.limiter;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
