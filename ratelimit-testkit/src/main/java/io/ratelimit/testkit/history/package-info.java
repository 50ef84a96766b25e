/** Contract tests that the author of a round history inherits. */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.history;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
