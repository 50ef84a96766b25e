package io.ratelimit.core.simulation;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The command line's default round, simulated with many seeds: 108 mixed events, 20/min, at most
 * 60/min, 3 minutes, 1 to 10 workers, 5% failing, 10% taking twice the time.
 */
final class DefaultRounds {

  static final RateLimit NORMAL = RateLimit.of(20).perMinute();
  static final RateLimit CEILING = RateLimit.of(60).perMinute();

  private static final long SEED = 42;

  /** The result of a round. */
  private record Round(
      double finish, boolean met, double extraStarts, int changes, int announced, double workers) {

    static Round of(Simulation.Result result) {
      List<Simulation.Sample> samples = result.samples();
      long starts = result.report().attempts();
      double lastStart =
          samples.stream()
              .filter(sample -> sample.starts() == starts)
              .findFirst()
              .map(sample -> seconds(sample.at()))
              .orElseThrow();
      int changes = 0;
      for (int i = 1; i < samples.size(); i++) {
        changes += samples.get(i).limit().equals(samples.get(i - 1).limit()) ? 0 : 1;
      }
      return new Round(
          seconds(result.report().elapsed()),
          result.report().deadlineMet(),
          Math.max(0, starts - 1 - lastStart / NORMAL.secondsPerPermit()),
          changes,
          result.report().decisions().size(),
          samples.stream().mapToInt(Simulation.Sample::workers).average().orElseThrow());
    }
  }

  /** Counts of rounds by result. */
  record Outcome(
      int rounds,
      int met,
      double p50,
      double p90,
      double p99,
      double max,
      double extraStarts,
      double changes,
      double announced,
      double workers) {

    private static Outcome of(List<Round> rounds) {
      double[] finish = rounds.stream().mapToDouble(Round::finish).sorted().toArray();
      return new Outcome(
          finish.length,
          (int) rounds.stream().filter(Round::met).count(),
          quantile(finish, 0.5),
          quantile(finish, 0.9),
          quantile(finish, 0.99),
          finish[finish.length - 1],
          rounds.stream().mapToDouble(Round::extraStarts).average().orElseThrow(),
          rounds.stream().mapToDouble(Round::changes).average().orElseThrow(),
          rounds.stream().mapToDouble(Round::announced).average().orElseThrow(),
          rounds.stream().mapToDouble(Round::workers).average().orElseThrow());
    }

    private static double quantile(double[] sorted, double share) {
      return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d of %d met; finish p50 %.1f s, p90 %.1f s, p99 %.1f s, max %.1f s;"
              + " %.1f extra starts, %.1f changes of limit, %.1f announcements, %.1f workers",
          met,
          rounds,
          p50,
          p90,
          p99,
          max,
          extraStarts,
          changes,
          announced,
          workers);
    }
  }

  static Outcome play(int rounds, ScalingPolicy policy) {
    List<AuditEvent> events = events();
    return Outcome.of(
        IntStream.range(0, rounds)
            .parallel()
            .mapToObj(
                i ->
                    Simulation.builder(events, NORMAL)
                        .terms(
                            RoundTerms.DEFAULT.withExpectations(
                                SimulatedFaults.typical(SEED + i)
                                    .expectations(RetryPolicy.DEFAULT)))
                        .terms(
                            RoundTerms.DEFAULT.withExpectations(
                                SimulatedFaults.typical(SEED + i)
                                    .expectations(RetryPolicy.DEFAULT)))
                        .terms(
                            RoundTerms.DEFAULT
                                .withEmergencyLimit(CEILING)
                                .withExpectations(
                                    SimulatedFaults.typical(SEED + i)
                                        .expectations(RetryPolicy.DEFAULT)))
                        .scalingPolicy(policy)
                        .faults(SimulatedFaults.typical(SEED + i))
                        .build()
                        .run())
            .map(Round::of)
            .toList());
  }

  /** Plays the same seeds at the ceiling with all workers from the start. */
  static Outcome oracle(int rounds) {
    List<AuditEvent> events = events();
    return Outcome.of(
        IntStream.range(0, rounds)
            .parallel()
            .mapToObj(
                i ->
                    Simulation.builder(events, CEILING)
                        .terms(
                            RoundTerms.DEFAULT.withExpectations(
                                SimulatedFaults.typical(SEED + i)
                                    .expectations(RetryPolicy.DEFAULT)))
                        .terms(
                            RoundTerms.DEFAULT.withExpectations(
                                SimulatedFaults.typical(SEED + i)
                                    .expectations(RetryPolicy.DEFAULT)))
                        .terms(
                            RoundTerms.DEFAULT.withExpectations(
                                SimulatedFaults.typical(SEED + i)
                                    .expectations(RetryPolicy.DEFAULT)))
                        .scalingPolicy(ScalingPolicy.fixed(10))
                        .faults(SimulatedFaults.typical(SEED + i))
                        .build()
                        .run())
            .map(Round::of)
            .toList());
  }

  /** Returns the events that the command line creates from the same seed. */
  private static List<AuditEvent> events() {
    List<EventType> types =
        List.of(
            EventType.REBALANCE_NEEDED,
            EventType.OPEN_POSITION_DETECTED,
            EventType.OPEN_ORDER_DETECTED,
            EventType.NEW_BALANCE_UPDATE,
            EventType.BALANCE_CHECK_REQUIRED);
    int[] percent = {8, 20, 30, 17, 25};
    SplittableRandom random = new SplittableRandom(SEED);
    List<AuditEvent> events = new ArrayList<>();
    for (int i = 0; i < 108; i++) {
      int left = random.nextInt(100);
      int type = 0;
      while (left >= percent[type]) {
        left -= percent[type];
        type++;
      }
      events.add(
          AuditEvent.of(
              String.format(Locale.ROOT, "evt-%04d", i + 1),
              types.get(type),
              "wallet-" + random.nextInt(36)));
      // The command line's random choices for the payload: an asset and a number.
      int unused = random.nextInt(5) + random.nextInt(1, 1_000);
    }
    return events;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  public static void main(String[] arguments) {
    int rounds = Arrays.stream(arguments).mapToInt(Integer::parseInt).findFirst().orElse(10_000);
    System.out.println("policy: " + play(rounds, ScalingPolicy.standard()));
    System.out.println("oracle: " + oracle(rounds));
  }

  private DefaultRounds() {}
}
