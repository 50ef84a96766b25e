package io.ratelimit.core.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** The only class that reads the machine's clocks and waits for them. */
final class SystemTime implements Time {

  static final SystemTime INSTANCE = new SystemTime();

  private static final long LONGEST_PARK_NANOS = Duration.ofHours(1).toNanos();

  private final Instant origin = Instant.now();
  private final long originNanos = System.nanoTime();

  private SystemTime() {}

  @Override
  public Instant now() {
    return origin.plusNanos(System.nanoTime() - originNanos);
  }

  @Override
  public void parkUntil(Instant deadline) {
    Instant now = now();
    if (deadline.isAfter(now)) {
      Duration wait = Duration.between(now, deadline);
      LockSupport.parkNanos(
          this, wait.toHours() > 0 ? LONGEST_PARK_NANOS : Math.max(1, wait.toNanos()));
    }
  }

  @Override
  public String toString() {
    return "system time";
  }
}
