package io.ratelimit.redis;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;

/** A server's clock, which somebody sets while true time goes on. */
final class SetClock implements Time {

  private final Time truth;
  private volatile Duration off = Duration.ZERO;

  SetClock(Time truth) {
    this.truth = truth;
  }

  /** Sets how far it is ahead of true time. */
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
