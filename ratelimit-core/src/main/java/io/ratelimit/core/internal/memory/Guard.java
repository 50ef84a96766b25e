package io.ratelimit.core.internal.memory;

import io.ratelimit.core.queue.EventQueue.Subscription;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Gives one caller at a time access to the state of a queue, and none after the queue is closed. It
 * notifies listeners after the access. Thread-safe.
 */
public interface Guard {

  /** Runs an action on the state. */
  <T> T locked(Function<QueueState, T> action);

  /** Runs an action on the state, with the queue's time, read during the access. */
  <T> T lockedAt(BiFunction<QueueState, Instant, T> action);

  /** Notifies the listeners that a take that found nothing may now find something. */
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
