package io.ratelimit.core.internal.memory;

import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.time.Time;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Gives one thread at a time access to an {@code InMemoryEventQueue} and the others of its scope,
 * and none after the queue is closed. It notifies listeners after releasing the lock. Thread-safe.
 */
public final class MemoryGuard implements Guard {

  private final SharedLimits shared;
  private final ChangeListeners listeners = new ChangeListeners();
  private final QueueState state;
  private final Time time;
  private boolean closed;

  public MemoryGuard(SharedLimits shared, QueueState state, Time time) {
    this.shared = shared;
    this.state = state;
    this.time = time;
    shared.add(listeners);
  }

  @Override
  public <T> T locked(Function<QueueState, T> action) {
    T result;
    boolean isNewsToOthers;
    synchronized (shared.lock()) {
      if (closed) {
        throw new IllegalStateException("the queue is closed");
      }
      result = action.apply(state);
      isNewsToOthers = shared.limits().takeOthersMayStart();
    }
    if (isNewsToOthers) {
      shared.tellAll();
    }
    return result;
  }

  @Override
  public <T> T lockedAt(BiFunction<QueueState, Instant, T> action) {
    return locked(held -> action.apply(held, time.now()));
  }

  @Override
  public void tell() {
    listeners.tell();
  }

  @Override
  public Subscription subscribe(Runnable listener) {
    return locked(held -> listeners.add(listener));
  }

  @Override
  public void close() {
    boolean isNewsToOthers;
    synchronized (shared.lock()) {
      if (!closed) {
        state.end();
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
