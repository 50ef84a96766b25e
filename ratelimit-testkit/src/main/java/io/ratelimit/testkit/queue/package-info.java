/** What every event queue must do, as tests that a queue's author inherits. */
@CheckReturnValue
@NullMarked
package io.ratelimit.testkit.queue;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
