/** The event queue: its SPI, the values that it exchanges, and the in-memory implementation. */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.queue;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
