package io.ratelimit.core.scaling;

import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long the waiting work takes under a limit, in closed form: starts one interval apart, the
 * first one interval after the latest start, and each priority done when its last event, which may
 * be its longest, is processed. Exact when the limit is paced and holds the work back.
 */
final class Projection {

  private static final int PRIORITIES = Priority.values().length;

  /** What is above a whole number by no more than doubles are inexact is not one more. */
  private static final double ROUNDING = 1e-12;

  private final ScalingInput input;
  private final double attemptsPerEvent;
  private final double retriesInFlight;

  Projection(ScalingInput input) {
    this.input = input;
    this.attemptsPerEvent = input.expectations().attemptsPerEvent();
    this.retriesInFlight = input.inFlight() * (attemptsPerEvent - 1);
  }

  /** Seconds from now until the last event is processed, if only the limit holds it back. */
  double finishAtRate(RateLimit limit) {
    double interval = limit.secondsPerPermit();
    double first = Math.max(0, interval - secondsSinceLatestStart());
    double finish = 0;
    for (int priority = 0; priority < PRIORITIES; priority++) {
      if (input.waiting().longestSeconds(priority) > 0) {
        double intervals = attemptsUpTo(priority) - 1;
        finish = Math.max(finish, first + intervals * interval + tail(priority));
      }
    }
    return finish;
  }

  /** Seconds from now until the last event is processed by so many workers, whatever the limit. */
  double finishWithWorkers(int workers) {
    double longest = input.waiting().longestSeconds() * input.expectations().worstTimeFactor();
    return longest + workSeconds() / workers;
  }

  /** The expected processing time of all attempts together, work in flight included. */
  double workSeconds() {
    return (attemptsUpTo(PRIORITIES - 1) + input.inFlight()) * meanSeconds();
  }

  /** The expected time of one attempt. */
  double meanSeconds() {
    return input.waiting().meanSeconds() * input.expectations().meanTimeFactor();
  }

  /**
   * The lowest number of permits in the window of a limit that meets the deadline, if enough
   * workers are there; {@link Integer#MAX_VALUE} where none does.
   */
  int permitsNeeded(RateLimit limit) {
    double left = Workload.seconds(input.timeLeft());
    double since = secondsSinceLatestStart();
    double longestInterval = Double.POSITIVE_INFINITY;
    for (int priority = 0; priority < PRIORITIES; priority++) {
      if (input.waiting().longestSeconds(priority) > 0) {
        double attempts = attemptsUpTo(priority);
        double forStarts = left - tail(priority);
        if (forStarts < 0) {
          return Integer.MAX_VALUE;
        }
        // Both must hold: latest start + attempts × interval, and now + (attempts - 1) × interval.
        longestInterval = Math.min(longestInterval, (forStarts + since) / attempts);
        if (attempts > 1) {
          longestInterval = Math.min(longestInterval, forStarts / (attempts - 1));
        }
      }
    }
    double permits = Workload.seconds(limit.window()) / longestInterval;
    return permits > Integer.MAX_VALUE ? Integer.MAX_VALUE : Math.max(1, ceil(permits));
  }

  private double attemptsUpTo(int priority) {
    double attempts = input.waiting().eventsUpTo(priority) * attemptsPerEvent + retriesInFlight;
    return Math.ceil(attempts * (1 - ROUNDING));
  }

  private double tail(int priority) {
    return input.waiting().longestSeconds(priority) * input.expectations().worstTimeFactor();
  }

  private double secondsSinceLatestStart() {
    Optional<Instant> latest = input.latestStart();
    return latest.isEmpty()
        ? Double.POSITIVE_INFINITY
        : Math.max(0, Workload.seconds(Duration.between(latest.get(), input.now())));
  }

  /** The smallest whole number at or above a value; the nearest int where it is beyond. */
  static int ceil(double value) {
    return (int) Math.ceil(value * (1 - ROUNDING));
  }
}
