package io.ratelimit.core.internal.engine;

import io.ratelimit.core.queue.Lease;
import java.time.Instant;
import java.util.Optional;

/**
 * An attempt that is being made. Its handler can be interrupted only while it runs, and it ends
 * only once: by its own thread, or by whoever abandons it. Thread-safe.
 */
final class Attempt {

  /** Why an attempt was interrupted. */
  enum Cause {
    TIMED_OUT,
    LEASE_LOST,
    STOPPED
  }

  private final Lease lease;
  private final Lane lane;
  private final Instant startedAt;
  private final Thread thread;
  private Optional<Cause> interruptedFor = Optional.empty();
  private Optional<Instant> interruptedAt = Optional.empty();
  private boolean ended;

  /** Begins an attempt in the calling thread. */
  Attempt(Lease lease, Lane lane, Instant startedAt) {
    this.lease = lease;
    this.lane = lane;
    this.startedAt = startedAt;
    this.thread = Thread.currentThread();
  }

  Lease lease() {
    return lease;
  }

  Lane lane() {
    return lane;
  }

  Instant startedAt() {
    return startedAt;
  }

  /** Interrupts the handler if it runs and was not interrupted before. */
  synchronized void interrupt(Cause cause, Instant now) {
    if (!ended && interruptedFor.isEmpty()) {
      interruptedFor = Optional.of(cause);
      interruptedAt = Optional.of(now);
      thread.interrupt();
    }
  }

  synchronized Optional<Cause> interruptedFor() {
    return interruptedFor;
  }

  /** Since when the handler has been ignoring that it was interrupted. */
  synchronized Optional<Instant> interruptedAt() {
    return interruptedAt;
  }

  /**
   * Ends the attempt.
   *
   * @return whether it had not ended before: the caller, and nobody else, has to settle it
   */
  synchronized boolean end() {
    boolean first = !ended;
    ended = true;
    if (thread == Thread.currentThread()) {
      // An interrupt that came too late must not hit what this thread does next.
      Thread.interrupted();
    }
    return first;
  }
}
