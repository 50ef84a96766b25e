package io.ratelimit.core.internal.memory;

import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.queue.Subscription;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Lets one thread at a time at what an {@code InMemoryEventQueue} holds, and none once the queue is
 * closed. Listeners are told of news after the lock was let go. Thread-safe.
 */
public final class Guard {

  private final Object lock = new Object();
  private final ChangeListeners listeners = new ChangeListeners();
  private boolean closed;

  public <T> T locked(Supplier<T> action) {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the queue is closed");
      }
      return action.get();
    }
  }

  /** The same, and tells the listeners if the result is news to them. */
  public <T> T locked(Supplier<T> action, Predicate<T> isNews) {
    T result = locked(action);
    if (isNews.test(result)) {
      listeners.tell();
    }
    return result;
  }

  public Subscription subscribe(Runnable listener) {
    return locked(() -> listeners.add(listener));
  }

  public void close() {
    synchronized (lock) {
      closed = true;
      listeners.clear();
    }
  }
}
