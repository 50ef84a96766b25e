package io.ratelimit.core.scaling;

import static io.ratelimit.core.scaling.Situation.START;
import static io.ratelimit.core.scaling.Situation.mission;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Situations at and beyond the ends of every range, from a seed. */
final class AbsurdSituations {

  private static final double MICROS = 1e6;
  private static final double DAY = 86_400;

  static Situation of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int least = (int) anyMagnitude(random, 1, WorkerRange.MOST);
    Situation situation =
        mission()
            .waiting(workload(random))
            .inFlight(random.nextBoolean() ? 0 : count(random))
            .arrivalsPerMinute(random.nextBoolean() ? 0 : anyMagnitude(random, 1e-6, 1e12))
            .timeLeft(timeLeft(random))
            .normalLimit(limit(random))
            .workers(least, (int) anyMagnitude(random, least, WorkerRange.MOST))
            .expectations(random.nextBoolean() ? Expectations.NONE : expectations(random));
    if (random.nextInt(3) > 0) {
      situation.emergencyLimit(limit(random));
    }
    if (random.nextInt(3) == 0) {
      situation.limitInForce(limit(random));
    }
    if (random.nextBoolean()) {
      // A start in the future, too: clocks differ.
      situation.latestStart(START.plus(micros(random, 1e-6, 1e6).multipliedBy(sign(random))));
    }
    if (random.nextInt(3) == 0) {
      situation.nextStart(START.plus(micros(random, 1e-6, 1e6)));
    }
    situation.startsInWindow(random.nextBoolean() ? 0 : count(random));
    situation.confidence(0.5 + 0.49999 * random.nextDouble());
    return situation;
  }

  private static Workload workload(SplittableRandom random) {
    Workload work =
        Workload.of(
            Map.of(type("ONE", random), count(random), type("OTHER", random), count(random)));
    return random.nextBoolean() ? work : work.plusAverage(count(random));
  }

  static EventType type(String name, SplittableRandom random) {
    List<Priority> priorities = List.of(Priority.values());
    Priority priority = priorities.get(random.nextInt(priorities.size()));
    return new EventType(name, priority, micros(random, 1 / MICROS, DAY));
  }

  private static long count(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong(3);
      case 1 -> random.nextLong(1_000);
      case 2 -> (long) anyMagnitude(random, 1, 1e18);
      default -> Long.MAX_VALUE;
    };
  }

  private static Duration timeLeft(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> Duration.ZERO;
      case 1 -> micros(random, 1 / MICROS, DAY).multipliedBy(sign(random));
      case 2 -> Duration.ofSeconds(random.nextLong());
      default -> Duration.ofSeconds(random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE);
    };
  }

  private static RateLimit limit(SplittableRandom random) {
    int permits = (int) anyMagnitude(random, 1, RateLimit.MAX_PERMITS);
    return new RateLimit(
        permits,
        micros(random, 0.001, 31 * DAY),
        (int) anyMagnitude(random, 1, permits),
        random.nextBoolean() ? Duration.ZERO : micros(random, 1 / MICROS, DAY));
  }

  private static Expectations expectations(SplittableRandom random) {
    Duration backoff = micros(random, 1 / MICROS, DAY);
    return new Expectations(
        random.nextInt(10) == 0 ? 1 : random.nextDouble(),
        random.nextInt(1_001),
        random.nextDouble(),
        anyMagnitude(random, 1, 1_000),
        new Backoff(backoff, anyMagnitude(random, 1, 100), backoff.multipliedBy(3)));
  }

  private static int sign(SplittableRandom random) {
    return random.nextBoolean() ? 1 : -1;
  }

  /** Returns a random duration in whole microseconds. */
  private static Duration micros(SplittableRandom random, double least, double most) {
    double micros = Math.rint(anyMagnitude(random, least, most) * MICROS);
    return Duration.ofNanos((long) (micros * 1_000));
  }

  /** Returns a random number; each order of magnitude is equally likely. */
  static double anyMagnitude(SplittableRandom random, double least, double most) {
    return Math.min(most, least * Math.pow(most / least, random.nextDouble()));
  }

  private AbsurdSituations() {}
}
