/** The rate limiter: permits for calls without an event. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.limiter;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
