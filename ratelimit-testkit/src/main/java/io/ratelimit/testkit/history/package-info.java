/** What every history of rounds must do, as tests that its author inherits. */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.history;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
