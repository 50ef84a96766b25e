/**
 * The event queue: its SPI, the values that it exchanges, and implementations in memory and over a
 * host's own store.
 *
 * <p><b>To publish and operate</b>, read {@link InMemoryEventQueue}, {@link EventQueue}, {@link
 * PublishTerms}, {@link QueueStats}, {@link FailedQueue}, {@link LimitControl}, and with named
 * limits {@link Limits} and {@link NamedLimitControl}.
 *
 * <p><b>To keep a queue in your own database</b>, implement {@link QueueStore} and open a {@link
 * StoredEventQueue}: every rule of the queue is there already.
 *
 * <p><b>Only to implement {@link EventQueue} or to work without an engine</b> are {@link
 * TakeRequest}, {@link TakeResult}, {@link WantedTypes}, {@link AckedAndTaken}, {@link Lease},
 * {@link Settlement}, {@link AcquireRequest} and {@link ForwardingEventQueue}.
 */
@CheckReturnValue
@NullMarked
package io.ratelimit.core.queue;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
