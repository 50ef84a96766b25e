package io.ratelimit.core.scaling;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Builds the inputs of the tests of this package. By default, it is the typical round: 108 events
 * of 10 s in 3 minutes at 20/min, 1 to 10 workers, no emergency limit.
 */
final class Situation {

  static final EventType TEN_SECONDS = EventType.of("TEN_SECONDS");
  static final Instant START = Instant.parse("2026-11-25T12:00:00Z");

  private Instant now = START;
  private Workload waiting = Workload.of(TEN_SECONDS, 108);
  private long inFlight;
  private double arrivalsPerMinute;
  private Duration timeLeft = Duration.ofMinutes(3);
  private RateLimit normalLimit = perMinute(20);
  private Optional<RateLimit> limitInForce = Optional.empty();
  private Optional<RateLimit> emergencyLimit = Optional.empty();
  private Optional<Instant> latestStart = Optional.empty();
  private Optional<Instant> nextStart = Optional.empty();
  private long startsInWindow;
  private Confidence confidence = Confidence.DEFAULT;
  private WorkerRange workers = WorkerRange.DEFAULT;
  private int activeWorkers;
  private Expectations expectations = Expectations.NONE;
  private Optional<ScalingDecision> previous = Optional.empty();
  private Workload arriving = Workload.none();

  static Situation mission() {
    return new Situation();
  }

  static RateLimit perMinute(int permits) {
    return RateLimit.of(permits).perMinute();
  }

  static Duration seconds(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  @CanIgnoreReturnValue
  Situation now(Instant value) {
    now = value;
    return this;
  }

  @CanIgnoreReturnValue
  Situation events(EventType type, long count) {
    return waiting(Workload.of(type, count));
  }

  @CanIgnoreReturnValue
  Situation waiting(Workload value) {
    waiting = value;
    return this;
  }

  @CanIgnoreReturnValue
  Situation arriving(Workload value) {
    arriving = value;
    return this;
  }

  @CanIgnoreReturnValue
  Situation inFlight(long value) {
    inFlight = value;
    return this;
  }

  @CanIgnoreReturnValue
  Situation arrivalsPerMinute(double value) {
    arrivalsPerMinute = value;
    return this;
  }

  @CanIgnoreReturnValue
  Situation timeLeft(Duration value) {
    timeLeft = value;
    return this;
  }

  @CanIgnoreReturnValue
  Situation secondsLeft(double value) {
    return timeLeft(seconds(value));
  }

  @CanIgnoreReturnValue
  Situation normalLimit(RateLimit value) {
    normalLimit = value;
    return this;
  }

  @CanIgnoreReturnValue
  Situation limitInForce(RateLimit value) {
    limitInForce = Optional.of(value);
    return this;
  }

  @CanIgnoreReturnValue
  Situation emergencyLimit(RateLimit value) {
    emergencyLimit = Optional.of(value);
    return this;
  }

  @CanIgnoreReturnValue
  Situation latestStart(Instant value) {
    latestStart = Optional.of(value);
    return this;
  }

  @CanIgnoreReturnValue
  Situation nextStart(Instant value) {
    nextStart = Optional.of(value);
    return this;
  }

  @CanIgnoreReturnValue
  Situation startsInWindow(long value) {
    startsInWindow = value;
    return this;
  }

  @CanIgnoreReturnValue
  Situation confidence(double value) {
    confidence = new Confidence(value);
    return this;
  }

  @CanIgnoreReturnValue
  Situation workers(int min, int max) {
    workers = new WorkerRange(min, max);
    return this;
  }

  @CanIgnoreReturnValue
  Situation activeWorkers(int value) {
    activeWorkers = value;
    return this;
  }

  @CanIgnoreReturnValue
  Situation expectations(Expectations value) {
    expectations = value;
    return this;
  }

  @CanIgnoreReturnValue
  Situation previous(ScalingDecision value) {
    previous = Optional.of(value);
    return this;
  }

  ScalingInput input() {
    return new ScalingInput(
        now,
        waiting,
        inFlight,
        arrivalsPerMinute,
        timeLeft,
        timeLeft,
        normalLimit,
        limitInForce.orElse(normalLimit),
        emergencyLimit,
        latestStart,
        nextStart,
        startsInWindow,
        workers,
        activeWorkers,
        expectations,
        confidence,
        previous,
        List.of(),
        arriving);
  }

  ScalingDecision decideBy(ScalingPolicy policy) {
    return policy.decide(input());
  }
}
