package io.ratelimit.core.internal.memory;

import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.time.Time;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The named limits of the queues of a scope, with their lock and listeners. A queue without a scope
 * has its own. Thread-safe.
 */
public final class SharedLimits {

  private final Object lock = new Object();
  private final KeyedLimits limits;
  private final List<ChangeListeners> listeners = new CopyOnWriteArrayList<>();
  // Guarded by the lock.
  private Optional<Time> time = Optional.empty();

  /**
   * Creates limits.
   *
   * @param isScope whether several queues may share them
   */
  public SharedLimits(boolean isScope) {
    this(isScope, Changes.IGNORED);
  }

  SharedLimits(boolean isScope, Changes changes) {
    this.limits = new KeyedLimits(isScope, changes);
  }

  /** Returns the lock that guards the limits and the state of their queues. */
  Object lock() {
    return lock;
  }

  KeyedLimits limits() {
    return limits;
  }

  /**
   * Adds a queue with this time.
   *
   * @throws IllegalArgumentException if other queues have another time
   */
  public void join(Time own) {
    synchronized (lock) {
      if (!time.orElse(own).equals(own)) {
        throw new IllegalArgumentException(
            "the queues of a scope must share one Time, but this queue is built with a"
                + " different one");
      }
      time = Optional.of(own);
    }
  }

  void add(ChangeListeners own) {
    listeners.add(own);
  }

  void remove(ChangeListeners own) {
    listeners.remove(own);
  }

  void tellAll() {
    listeners.forEach(ChangeListeners::tell);
  }
}
