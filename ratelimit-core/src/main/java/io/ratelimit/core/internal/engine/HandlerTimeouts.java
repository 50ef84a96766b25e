package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Interrupts handlers that take too long, and abandons those that ignore the interrupt, so that a
 * handler that never returns costs a thread but not a lane.
 */
final class HandlerTimeouts implements Loop.Task {

  private static final int CHECKS_PER_TIMEOUT = 10;
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);

  private final Attempts attempts;
  private final Duration timeout;
  private final Duration grace;
  private final Time time;
  private final AtomicInteger abandoned = new AtomicInteger();

  HandlerTimeouts(Attempts attempts, Duration timeout, Duration grace, Time time) {
    this.attempts = attempts;
    this.timeout = timeout;
    this.grace = grace;
    this.time = time;
  }

  /** Returns how many handlers were abandoned. */
  int abandoned() {
    return abandoned.get();
  }

  @Override
  public Instant run() {
    Instant now = time.now();
    for (Attempt attempt : attempts.running()) {
      if (!attempt.deadline().isAfter(now)) {
        attempt.interrupt(Attempt.Cause.TIMED_OUT, now);
      }
      boolean ignored =
          attempt.interruptedAt().filter(at -> !at.plus(grace).isAfter(now)).isPresent();
      if (ignored && attempts.abandon(attempt)) {
        abandoned.incrementAndGet();
      }
    }
    return now.plus(interval());
  }

  /** Returns the interval between checks. */
  Duration interval() {
    Duration interval = timeout.dividedBy(CHECKS_PER_TIMEOUT);
    return interval.compareTo(LONGEST_INTERVAL) < 0 ? interval : LONGEST_INTERVAL;
  }
}
