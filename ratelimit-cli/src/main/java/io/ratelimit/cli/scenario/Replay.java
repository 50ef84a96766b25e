package io.ratelimit.cli.scenario;

import io.ratelimit.cli.scenario.Scenario.Change;
import io.ratelimit.cli.scenario.Scenario.Share;
import io.ratelimit.cli.scenario.Scenario.Stream;
import io.ratelimit.cli.scenario.Settings.Policy;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.history.RoundRecord.OfType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.core.simulation.ApiBehavior;
import io.ratelimit.core.simulation.ArrivalPattern;
import io.ratelimit.core.simulation.SimulatedFaults.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Turns a recorded round into a scenario. Counts in the record stay as they were; the details
 * behind them are random, determined by the seed.
 */
final class Replay {

  private static final int WALLETS = 36;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final long FATES = 0x2545F4914F6CDD1DL;

  private final RoundRecord round;
  private final Map<String, EventType> types = new HashMap<>();
  private final List<String> notes = new ArrayList<>();

  private Replay(RoundRecord round) {
    this.round = round;
  }

  /**
   * A round as a scenario.
   *
   * @param scenario the scenario, with the round's settings as far as known
   * @param notes what is unknown, as sentences
   */
  record Replayed(Scenario scenario, List<String> notes) {}

  /**
   * Returns the scenario of a round.
   *
   * @param normal the normal limit, if it must differ from the round's or that one is unknown
   * @throws InputException if the record does not contain the number of events, or the limit
   */
  static Replayed of(RoundRecord round, Optional<RateLimit> normal) {
    return new Replay(round).replayed(normal);
  }

  private Replayed replayed(Optional<RateLimit> normal) {
    List<Stream> streams = streams();
    Settings settings = settings(normal);
    Scenario scenario =
        new Scenario(
            "Round " + round.id() + " of " + Texts.second(round.startedAt()),
            streams,
            WALLETS,
            0,
            1,
            Duration.ofMinutes(RoundRecord.MOST_MINUTES),
            this::behavior,
            changes(settings.limit()),
            Map.of("as recorded", settings));
    notes.add(
        "drawn again with each seed: the order of the events, when within its minute one arrives,"
            + " which attempts fail, independently of each other, and how long each takes, out of"
            + " the times of its type, whatever the load");
    notes.add(
        "not in a record, and chosen: "
            + RetryPolicy.DEFAULT.maxRetries()
            + " retries, a confidence of "
            + Texts.asked(settings.terms().confidence())
            + ", from 1 worker on, "
            + WALLETS
            + " wallets, weights of 1, no named limits, and a queue without a past");
    return new Replayed(scenario, List.copyOf(notes));
  }

  private List<Stream> streams() {
    List<Stream> streams = new ArrayList<>();
    boolean byType =
        !round.types().isEmpty()
            && round.types().stream().allMatch(type -> type.arrivals().isPresent());
    long all = 0;
    if (byType) {
      for (OfType type : round.types()) {
        List<Share> mix = List.of(share(type, 1));
        all +=
            add(streams, mix, type.backlog().orElse(0L), type.arrivalsByMinute().orElse(List.of()));
      }
      long counted = round.arrivals().orElse(all);
      if (counted > all) {
        long more = counted - all;
        all += add(streams, mix(), more, List.of());
        notes.add(
            "events that were delayed or in hand at the begin: "
                + more
                + ", of types that are not known, and drawn");
      }
    } else {
      RoundRecord.Counts counts =
          round
              .counts()
              .orElseThrow(
                  () ->
                      new InputException(
                          "round "
                              + round.id()
                              + " cannot be replayed: its record does not know how many events"
                              + " there were"));
      List<Long> minutes = round.arrivalsByMinute().orElse(List.of());
      long later = minutes.stream().mapToLong(Long::longValue).sum();
      all +=
          add(streams, mix(), counts.backlog() + Math.max(0, counts.published() - later), minutes);
      notes.add(
          "the arrivals by type are not known; the types are drawn as often as attempts were");
    }
    if (all == 0) {
      throw new InputException(
          "round " + round.id() + " had no events; there is nothing to replay");
    }
    if (all > Scenario.MOST_EVENTS) {
      throw new InputException(
          "round "
              + round.id()
              + " had "
              + all
              + " events; at most "
              + Scenario.MOST_EVENTS
              + " can be simulated");
    }
    return streams;
  }

  /** Adds streams for the events of a mix; returns their number of events. */
  private static long add(
      List<Stream> streams, List<Share> mix, long backlog, List<Long> byMinute) {
    long sum = backlog;
    if (backlog > 0) {
      ArrivalPattern atOnce = ArrivalPattern.burst(bounded(backlog), Duration.ZERO, Duration.ZERO);
      streams.add(new Stream(number -> atOnce, mix));
    }
    for (int i = 0; i < byMinute.size(); i++) {
      long count = byMinute.get(i);
      if (count > 0) {
        sum += count;
        Duration from = MINUTE.multipliedBy(i);
        ArrivalPattern pattern = random -> within(random, from, bounded(count));
        streams.add(new Stream(number -> pattern, mix));
      }
    }
    return sum;
  }

  private static int bounded(long count) {
    return (int) Math.min(count, Scenario.MOST_EVENTS + 1L);
  }

  private static List<Duration> within(SplittableRandom random, Duration from, int count) {
    return random.longs(count, 0, MINUTE.toNanos()).sorted().mapToObj(from::plusNanos).toList();
  }

  /** Returns the types, weighted by the attempts at them. */
  private List<Share> mix() {
    List<Share> mix = new ArrayList<>();
    for (OfType type : round.types()) {
      if (type.attempts() > 0) {
        mix.add(share(type, (double) type.attempts()));
      }
    }
    return mix.isEmpty() ? List.of(new Share(EventType.of("UNKNOWN"), 1, 1)) : mix;
  }

  private Share share(OfType type, double share) {
    return new Share(type(type), 1, share);
  }

  /** Returns a type whose expected processing time is the recorded mean. */
  private EventType type(OfType recorded) {
    return types.computeIfAbsent(
        recorded.type(),
        name -> {
          EventType type =
              name.equals(RoundRecord.OTHER_TYPES)
                  ? EventType.of("OTHERS")
                  : EventTypes.standard().get(name);
          return spread(recorded)
              .map(Spread::mean)
              .map(mean -> type.withProcessingTime(expected(mean)))
              .orElse(type);
        });
  }

  private static Duration expected(Duration mean) {
    long micros = Math.max(1, Math.min(Duration.ofHours(24).toNanos(), mean.toNanos()) / 1_000);
    return Duration.ofNanos(micros * 1_000);
  }

  private Optional<Spread> spread(OfType type) {
    return type.processing()
        .or(() -> round.sample().processing())
        .filter(spread -> spread.total() > 0);
  }

  private Settings settings(Optional<RateLimit> given) {
    RateLimit normal =
        given
            .or(() -> round.limit().normal())
            .orElseThrow(
                () ->
                    new InputException(
                        "round "
                            + round.id()
                            + " has no limit in its record; say it with --limit"));
    Optional<RateLimit> raised =
        round.limit().inForce().stream()
            .filter(each -> each.mode() == Mode.EMERGENCY)
            .map(RoundRecord.InForce::limit)
            .max(Comparator.comparingDouble(RateLimit::perMinute))
            .filter(limit -> !normal.isFasterThan(limit));
    raised.ifPresent(
        limit ->
            notes.add(
                "the emergency limit is not recorded; the highest that was in force, "
                    + limit
                    + ", stands for it"));
    int workers = Math.max(1, round.workers().map(RoundRecord.Workers::most).orElse(10));
    notes.add(
        round.workers().isPresent()
            ? "the most workers allowed are not recorded; the most there were, "
                + workers
                + ", stand for them"
            : "the workers are not known; up to " + workers + " are taken");
    double failures = round.failureRate().orElse(0.0);
    RoundTerms terms =
        RoundTerms.DEFAULT
            .withDeadline(round.deadline())
            .withWorkers(new WorkerRange(1, Math.min(WorkerRange.MOST, workers)))
            .withEmergencyLimit(raised)
            .withExpectations(new Expectations(failures, RetryPolicy.DEFAULT.maxRetries(), 0, 1));
    return new Settings(
        normal, List.of(), terms, Policy.STANDARD, RetryPolicy.DEFAULT.maxRetries(), Duration.ZERO);
  }

  /** Returns the few changes of the normal limit; raises are left to the policy. */
  private List<Change> changes(RateLimit normal) {
    List<Change> changes = new ArrayList<>();
    RateLimit before = normal;
    for (RoundRecord.InForce each : round.limit().inForce()) {
      if (each.mode() == Mode.NORMAL
          && round.limit().normal().isPresent()
          && round.limit().normal().get().equals(normal)
          && !each.limit().equals(before)
          && each.from().isAfter(round.startedAt())) {
        before = each.limit();
        changes.add(
            new Change.Limit(Duration.between(round.startedAt(), each.from()), each.limit()));
      }
    }
    return changes;
  }

  private ApiBehavior behavior(long seed) {
    Map<String, Drawn> byType = new HashMap<>();
    for (OfType type : round.types()) {
      byType.put(
          type(type).name(),
          new Drawn(spread(type), type.failureRate().or(round::failureRate).orElse(0.0)));
    }
    Drawn otherwise = new Drawn(round.sample().processing(), round.failureRate().orElse(0.0));
    return (event, attempt, at) ->
        byType.getOrDefault(event.type().name(), otherwise).fate(event, attempt, seed);
  }

  /** The processing times and the failure rate of a type. */
  private record Drawn(Optional<Spread> times, double failureRate) {

    Fate fate(AuditEvent event, int attempt, long seed) {
      SplittableRandom chance =
          new SplittableRandom(seed * FATES + 31L * event.id().hashCode() + attempt);
      boolean fails = chance.nextDouble() < failureRate;
      double share = chance.nextDouble();
      Duration took =
          times
              .filter(known -> known.total() > 0)
              .map(known -> known.quantile(share))
              .orElse(event.type().processingTime());
      return new Fate(took, fails);
    }
  }
}
