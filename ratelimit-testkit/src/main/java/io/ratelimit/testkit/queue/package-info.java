/** Contract tests that the author of an event queue inherits. */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.queue;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
