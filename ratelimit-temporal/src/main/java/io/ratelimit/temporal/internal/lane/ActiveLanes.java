package io.ratelimit.temporal.internal.lane;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The active lanes of this process, until they are drained. Thread-safe. */
public final class ActiveLanes {

  private final Set<Thread> threads = new HashSet<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private boolean draining;

  /** Begins a lane in the calling thread; returns false while draining. */
  synchronized boolean enter() {
    return !draining && threads.add(Thread.currentThread());
  }

  /** Ends the lane of the calling thread. */
  synchronized void leave() {
    threads.remove(Thread.currentThread());
    // A late interrupt must not hit the thread's next task.
    Thread.interrupted();
    completeIfDrained();
  }

  /** Returns the number of active lanes. */
  public synchronized int count() {
    return threads.size();
  }

  /**
   * Stops new lanes from beginning and active ones from taking more; returns true the first time.
   */
  public synchronized boolean drain() {
    boolean first = !draining;
    draining = true;
    completeIfDrained();
    return first;
  }

  private void completeIfDrained() {
    if (draining && threads.isEmpty()) {
      drained.complete(null);
    }
  }

  public synchronized boolean isDraining() {
    return draining;
  }

  /** Makes active lanes give back their events. */
  public synchronized void interrupt() {
    threads.forEach(Thread::interrupt);
  }

  /**
   * Waits until no lane is active, at most for a time. Call {@link #drain} first.
   *
   * @return whether none is active
   */
  public boolean awaitNone(Duration atMost) {
    try {
      drained.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException stillAtWork) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException never) {
      throw new IllegalStateException("lanes cannot fail to drain", never);
    }
  }
}
