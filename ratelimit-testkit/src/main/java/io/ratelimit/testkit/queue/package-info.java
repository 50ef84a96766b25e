/** What every event queue must do, as tests that a queue's author inherits. */
@NullMarked
package io.ratelimit.testkit.queue;

import org.jspecify.annotations.NullMarked;
