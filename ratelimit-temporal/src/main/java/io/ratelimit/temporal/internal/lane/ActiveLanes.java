package io.ratelimit.temporal.internal.lane;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The lanes at work in this process, until they are drained. Thread-safe. */
public final class ActiveLanes {

  private final Set<Thread> threads = new HashSet<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private boolean draining;

  /** Begins a lane in the calling thread; false if there are to be no more. */
  synchronized boolean enter() {
    return !draining && threads.add(Thread.currentThread());
  }

  /** Ends the lane of the calling thread. */
  synchronized void leave() {
    threads.remove(Thread.currentThread());
    // An interrupt that came too late must not hit what this thread does next.
    Thread.interrupted();
    completeIfDrained();
  }

  /** Returns how many are at work. */
  public synchronized int count() {
    return threads.size();
  }

  /** Lets no further lane begin, and those at work take nothing more; true the first time. */
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

  /** Has the lanes at work give back what they hold. */
  public synchronized void interrupt() {
    threads.forEach(Thread::interrupt);
  }

  /**
   * Waits until none is at work, at most for a time, after {@link #drain}.
   *
   * @return whether none is
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
