/** The event queue: its SPI, the values that it exchanges, and the in-memory implementation. */
@NullMarked
package io.ratelimit.core.queue;

import org.jspecify.annotations.NullMarked;
