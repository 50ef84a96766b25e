package io.ratelimit.core.time;

import java.time.Duration;
import java.time.Instant;

/** Another time that runs faster or slower from its creation. */
final class AcceleratedTime implements Time {

  private static final double NANOS_PER_SECOND = 1e9;

  /** About 30 years: longer parks may return early, and no instant overflows. */
  private static final double LONGEST_PARK_SECONDS = 1e9;

  private final Time base;
  private final double factor;
  private final Instant origin;

  AcceleratedTime(Time base, double factor) {
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException(
          "the factor of an accelerated time must be a finite number above 0 but is " + factor);
    }
    this.base = base;
    this.factor = factor;
    this.origin = base.now();
  }

  @Override
  public Instant now() {
    return origin.plusNanos(Math.round(Duration.between(origin, base.now()).toNanos() * factor));
  }

  @Override
  public void parkUntil(Instant deadline) {
    if (!deadline.isAfter(now())) {
      return;
    }
    Duration ahead = Duration.between(origin, deadline);
    double aheadSeconds = ahead.getSeconds() + ahead.getNano() / NANOS_PER_SECOND;
    double elapsed = Duration.between(origin, base.now()).toSeconds();
    double baseSeconds = Math.min(aheadSeconds / factor, elapsed + LONGEST_PARK_SECONDS);
    // Rounds up, so that the deadline is reached when the base time is.
    base.parkUntil(
        origin
            .plusSeconds((long) baseSeconds)
            .plusNanos((long) Math.ceil(baseSeconds % 1 * NANOS_PER_SECOND)));
  }

  @Override
  public String toString() {
    return base + " × " + factor;
  }
}
