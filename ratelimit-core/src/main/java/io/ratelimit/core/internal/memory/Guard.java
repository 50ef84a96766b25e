package io.ratelimit.core.internal.memory;

import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.queue.Subscription;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Lets one thread at a time at what an {@code InMemoryEventQueue} holds, and the others of its
 * scope, and none once the queue is closed. Listeners are told of news after the lock was let go.
 * Thread-safe.
 */
public final class Guard {

  private final SharedLimits shared;
  private final ChangeListeners listeners = new ChangeListeners();
  private boolean closed;

  public Guard(SharedLimits shared) {
    this.shared = shared;
    shared.add(listeners);
  }

  public <T> T locked(Supplier<T> action) {
    T result;
    boolean isNewsToOthers;
    synchronized (shared.lock()) {
      if (closed) {
        throw new IllegalStateException("the queue is closed");
      }
      result = action.get();
      isNewsToOthers = shared.limits().takeOthersMayStart();
    }
    if (isNewsToOthers) {
      shared.tellAll();
    }
    return result;
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

  /** Closes the queue, after a last action, for which it is open. */
  public void close(Runnable last) {
    boolean isNewsToOthers;
    synchronized (shared.lock()) {
      if (!closed) {
        last.run();
      }
      closed = true;
      listeners.clear();
      shared.remove(listeners);
      isNewsToOthers = shared.limits().takeOthersMayStart();
    }
    if (isNewsToOthers) {
      shared.tellAll();
    }
  }
}
