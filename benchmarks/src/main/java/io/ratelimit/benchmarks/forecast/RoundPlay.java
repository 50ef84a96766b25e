package io.ratelimit.benchmarks.forecast;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.simulation.SimulatedFaults;
import io.ratelimit.core.simulation.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Plays a round in virtual time, with the engine's queue, limit and decisions; events are published
 * while it runs. 20/min, in an emergency at most 60/min, 3 minutes, 1 to 10 workers; 5% of attempts
 * fail, 10% take twice as long.
 */
final class RoundPlay {

  static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  static final RateLimit CEILING = RateLimit.of(60).perMinute();
  static final RoundTerms TERMS =
      RoundTerms.DEFAULT
          .withEmergencyLimit(CEILING)
          .withDecisionInterval(Duration.ofSeconds(2))
          .withExpectations(SimulatedFaults.typical(0).expectations(RetryPolicy.DEFAULT));

  private RoundPlay() {}

  /**
   * The outcome of a round.
   *
   * @param late the number of events unfinished at the deadline
   * @param extraStarts the number of starts beyond those that the normal limit allows until the
   *     last start
   * @param workerSeconds the worker seconds until the deadline
   * @param highest the highest limit, in permits per minute
   * @param largestWindow the most starts in any minute
   */
  record Outcome(
      long late, double extraStarts, double workerSeconds, double highest, long largestWindow) {}

  /**
   * Plays a round to its deadline.
   *
   * @param startUp how long a worker takes to start
   */
  static Outcome play(
      Round round, Optional<RoundForecast> forecast, SimulatedFaults faults, Duration startUp) {
    if (round.arrivals().isEmpty()) {
      return new Outcome(0, 0, idle(TERMS.deadline()), NORMAL.perMinute(), 0);
    }
    Simulation.Builder setup =
        Simulation.ofArrivals(round.arrivals(), NORMAL)
            .terms(TERMS)
            .faults(faults)
            .workerStartup(startUp)
            .atMost(TERMS.deadline());
    forecast.ifPresent(setup::forecast);
    Simulation.Result result = setup.build().run();
    RoundReport report = result.report();
    Simulation.Round played = result.rounds().get(0);
    return new Outcome(
        report.remaining(),
        played.extraStarts(),
        seconds(played.workerTime()) + idle(TERMS.deadline().minus(report.elapsed())),
        highest(result.samples()),
        report.largestWindow().orElse(0L));
  }

  /** Returns the seconds of the workers that stay where nothing is left to do. */
  private static double idle(Duration time) {
    return TERMS.workers().min() * seconds(time);
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  private static double highest(List<Simulation.Sample> samples) {
    return samples.stream().mapToDouble(sample -> sample.limit().perMinute()).max().orElseThrow();
  }
}
