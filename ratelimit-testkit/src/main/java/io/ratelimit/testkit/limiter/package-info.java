/** What every rate limiter must do, as tests that a limiter's author inherits. */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.limiter;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
