package io.ratelimit.http;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;

/** A time that a test advances. */
public final class SetTime implements Time {

  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

  /** Advances the time. */
  public void advance(Duration duration) {
    now = now.plus(duration);
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public void parkUntil(Instant deadline) {
    throw new UnsupportedOperationException("nobody waits here");
  }
}
