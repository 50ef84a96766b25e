package io.ratelimit.redis;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;

/** A server's clock that is changed while true time passes. */
final class SetClock implements Time {

  private final Time truth;
  private volatile Duration off = Duration.ZERO;

  SetClock(Time truth) {
    this.truth = truth;
  }

  /** Sets how far the clock is ahead of true time. */
  void set(Duration ahead) {
    this.off = ahead;
  }

  @Override
  public Instant now() {
    return truth.now().plus(off);
  }

  @Override
  public void parkUntil(Instant deadline) {
    truth.parkUntil(deadline.minus(off));
  }
}
