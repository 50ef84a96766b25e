package io.ratelimit.core.internal.memory;

import io.ratelimit.core.queue.EventQueue.Subscription;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Lets one at a time at the state of a queue, and none once the queue is closed. Listeners are told
 * of news after it was let go. Thread-safe.
 */
public interface Guard {

  /** Lets an action at the state. */
  <T> T locked(Function<QueueState, T> action);

  /** The same, and tells it the queue's time, read while it has the state. */
  <T> T lockedAt(BiFunction<QueueState, Instant, T> action);

  /** Tells the listeners that a take which found nothing may now find something. */
  void tell();

  /** The same as without, and tells the listeners if the result is news to them. */
  default <T> T locked(Function<QueueState, T> action, Predicate<T> isNews) {
    T result = locked(action);
    if (isNews.test(result)) {
      tell();
    }
    return result;
  }

  /** The same as without, and tells the listeners if the result is news to them. */
  default <T> T lockedAt(BiFunction<QueueState, Instant, T> action, Predicate<T> isNews) {
    T result = lockedAt(action);
    if (isNews.test(result)) {
      tell();
    }
    return result;
  }

  /** Adds a listener. */
  Subscription subscribe(Runnable listener);

  /** Closes the queue. */
  void close();
}
