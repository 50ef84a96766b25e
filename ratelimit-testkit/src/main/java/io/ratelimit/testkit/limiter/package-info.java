/** Contract tests that the author of a rate limiter inherits. */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.limiter;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
