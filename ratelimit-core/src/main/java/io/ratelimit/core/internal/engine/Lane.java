package io.ratelimit.core.internal.engine;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One unit of concurrency: it handles one event at a time, in any thread, perhaps under a limit of
 * its own.
 */
final class Lane {

  private final int number;
  private final Optional<Bucket> ownLimit;

  /**
   * @param number from 1
   */
  Lane(int number, Optional<RateLimit> ownLimit, Time time) {
    this.number = number;
    this.ownLimit = ownLimit.map(limit -> bucket(limit, time));
  }

  private static Bucket bucket(RateLimit limit, Time time) {
    return Bucket.builder()
        .addLimit(
            bandwidth ->
                bandwidth.capacity(limit.burst()).refillGreedy(limit.permits(), limit.window()))
        .withCustomTimePrecision(new Meter(time))
        .build();
  }

  int number() {
    return number;
  }

  /** Returns the time until this lane's own limit allows an event; zero if it does now. */
  Duration untilReady() {
    return ownLimit
        .map(bucket -> bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill())
        .map(Duration::ofNanos)
        .orElse(Duration.ZERO);
  }

  /** Spends a permit of this lane's own limit. */
  void eventStarted() {
    ownLimit.ifPresent(bucket -> bucket.consumeIgnoringRateLimits(1));
  }

  private static final class Meter implements TimeMeter {
    private final Time time;
    private final Instant origin;

    Meter(Time time) {
      this.time = time;
      this.origin = time.now();
    }

    @Override
    public long currentTimeNanos() {
      return Duration.between(origin, time.now()).toNanos();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
