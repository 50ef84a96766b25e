package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.forecast.PastForecast;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.forecast.RoundForecast.Prediction;
import io.ratelimit.core.internal.engine.LearnedRounds;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The forecast of a queue's round, how wrong earlier forecasts were, and whether rounds rely on it.
 * The names in JSON are stable. It is computed from the kept rounds, as by an engine with the
 * standard model.
 *
 * @param queue the name of the queue
 * @param at the current time
 * @param facts all of this in words
 * @param learned the number of rounds of the last four weeks on which it is based
 * @param newestEndedAt when the newest of them ended
 * @param expected the forecast; empty if there is none
 * @param trust whether rounds rely on it
 * @param underWay the current round, if one is known; {@code expected} then refers to it, and to
 *     the next round otherwise
 * @param past the forecasts and the arrivals of the latest rounds, oldest first
 */
public record ForecastView(
    String queue,
    Instant at,
    List<Fact> facts,
    int learned,
    Optional<Instant> newestEndedAt,
    Optional<Expected> expected,
    Trust trust,
    Optional<UnderWay> underWay,
    List<Past> past) {

  /** A fact with its label. */
  public record Fact(String label, String text) {}

  /**
   * A number that is expected, and the bounds that contain it in 9 of 10 cases; these are empty
   * while they are unknown.
   */
  public record Range(double mean, Optional<Double> low, Optional<Double> high) {

    public static Range of(Prediction prediction) {
      boolean known = prediction.high() < Double.MAX_VALUE;
      return new Range(
          prediction.mean(),
          known ? Optional.of(prediction.low()) : Optional.empty(),
          known ? Optional.of(prediction.high()) : Optional.empty());
    }

    /** Returns a short text, for example {@code 108 (96 to 121)}. */
    public String brief() {
      return whole(mean)
          + low.flatMap(from -> high.map(to -> " (" + whole(from) + " to " + whole(to) + ")"))
              .orElse("");
    }
  }

  /**
   * What is expected of the events of one type.
   *
   * @param seconds how long an attempt takes; empty if unknown
   */
  public record OfType(String type, Range events, Optional<Range> seconds) {}

  /**
   * What is expected of a round.
   *
   * @param model the model that forecasts it
   * @param events the number of events that will come
   * @param work how long one attempt at each of them takes, one after another; empty if that is
   *     unknown for a type
   * @param come the share of the events that has usually come by the beginning, and after each
   *     minute
   * @param types the same by type, for known types
   */
  public record Expected(
      String model, Range events, Optional<Duration> work, List<Double> come, List<OfType> types) {}

  /**
   * Whether rounds rely on the forecast.
   *
   * @param used whether they do
   * @param judged how many of the latest forecasts can be compared with what came
   * @param error the error of these, as a share of all events that came; empty if none is known
   * @param why why rounds do not rely on it
   */
  public record Trust(boolean used, int judged, Optional<Double> error, Optional<String> why) {}

  /**
   * A round under way, as its manager saw it last.
   *
   * @param arrived the number of events that have come, including those there at its beginning
   * @param remaining the number of further events expected
   * @param provided whether the last decision provides for them
   */
  public record UnderWay(
      Instant startedAt, Instant seenAt, long arrived, double remaining, boolean provided) {}

  /** The forecast of a round, and the number of new events that came. */
  public record Past(Instant startedAt, Range expected, long came) {

    static Past of(PastForecast past) {
      return new Past(past.at(), Range.of(past.expected()), past.came());
    }
  }

  /**
   * Returns the forecast.
   *
   * @param rounds what was learned
   * @param manager the manager of the round that may be under way
   */
  public static ForecastView of(
      String queue, LearnedRounds rounds, Instant now, Optional<ManagerStatus> manager) {
    Optional<Instant> began =
        manager
            .filter(seen -> seen.mode() == ManagerOptions.Mode.ROUND && seen.queue().isPresent())
            .flatMap(ManagerStatus::startedAt);
    Instant at = began.orElse(now);
    RoundForecast forecast = rounds.forecast(at);
    Optional<Expected> expected = rounds.model(at).map(model -> expected(model, forecast));
    Trust trust =
        new Trust(
            forecast.distrust().isEmpty(),
            forecast.judged(),
            forecast.judged() == 0 ? Optional.empty() : Optional.of(forecast.error()),
            forecast.distrust());
    Optional<UnderWay> underWay =
        expected.flatMap(
            any -> began.flatMap(begin -> manager.map(seen -> underWay(forecast, begin, seen))));
    return new ForecastView(
        queue,
        now,
        facts(rounds, now, expected, trust, underWay, manager),
        rounds.count(),
        rounds.newestEnd(),
        expected,
        trust,
        underWay,
        rounds.past().stream().map(Past::of).toList());
  }

  /** Returns this view with at most this many of the latest past forecasts. */
  public ForecastView withLatest(int most) {
    return new ForecastView(
        queue,
        at,
        facts,
        learned,
        newestEndedAt,
        expected,
        trust,
        underWay,
        past.subList(Math.max(0, past.size() - most), past.size()));
  }

  private static Expected expected(String model, RoundForecast forecast) {
    List<OfType> types = new ArrayList<>();
    new TreeMap<>(forecast.byType())
        .forEach(
            (type, events) ->
                types.add(
                    new OfType(
                        type,
                        Range.of(events),
                        Optional.ofNullable(forecast.secondsByType().get(type)).map(Range::of))));
    return new Expected(
        model, Range.of(forecast.total()), work(forecast), forecast.come(), List.copyOf(types));
  }

  private static Optional<Duration> work(RoundForecast forecast) {
    double all = 0;
    for (Map.Entry<String, Prediction> type : forecast.byType().entrySet()) {
      Prediction seconds = forecast.secondsByType().get(type.getKey());
      if (seconds == null) {
        return Optional.empty();
      }
      all += type.getValue().mean() * seconds.mean();
    }
    return forecast.byType().isEmpty()
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Math.round(all * 1_000)));
  }

  private static UnderWay underWay(RoundForecast forecast, Instant begin, ManagerStatus manager) {
    ManagerStatus.Queue queue = manager.queue().orElseThrow();
    ManagerStatus.Counts counts = manager.counts();
    long arrived =
        counts.done() + counts.failed() + queue.pending() + queue.delayed() + queue.leased();
    return new UnderWay(
        begin,
        queue.observedAt(),
        arrived,
        forecast.remaining(arrived, Duration.between(begin, queue.observedAt())),
        manager
            .decision()
            .map(ScalingDecision::reason)
            .filter(Reason.ARRIVALS_FORECAST::equals)
            .isPresent());
  }

  private static List<Fact> facts(
      LearnedRounds rounds,
      Instant now,
      Optional<Expected> expected,
      Trust trust,
      Optional<UnderWay> underWay,
      Optional<ManagerStatus> manager) {
    List<Fact> facts = new ArrayList<>();
    String round = underWay.isPresent() ? "This round" : "Next round";
    if (expected.isEmpty()) {
      facts.add(new Fact(round, "is not forecast: no round of the last four weeks is kept"));
      return facts;
    }
    Expected some = expected.get();
    facts.add(
        new Fact(
            round,
            events(some.events())
                + some.work()
                    .map(work -> "; an attempt at each takes " + Texts.tenths(work) + " in all")
                    .orElse("")));
    facts.add(new Fact("Arrival", arrival(some.come())));
    underWay.ifPresent(seen -> facts.add(new Fact("So far", soFar(seen, trust.used()))));
    facts.add(
        new Fact(
            "Forecast",
            "by "
                + some.model()
                + ", from "
                + Texts.count(rounds.count(), "round")
                + rounds.newestEnd().map(end -> age(end, now)).orElse("")));
    facts.add(new Fact("Error", error(trust)));
    facts.add(new Fact("Use", use(trust, underWay, manager)));
    return List.copyOf(facts);
  }

  private static String events(Range events) {
    String number = Texts.count(Math.round(events.mean()), "event");
    return number
        + events
            .low()
            .flatMap(
                low ->
                    events
                        .high()
                        .map(
                            high ->
                                ", " + whole(low) + " to " + whole(high) + " in 9 of 10 rounds"))
            .orElse(", within bounds that are not known yet");
  }

  /** Ends with the minute by which all have come. */
  private static String arrival(List<Double> come) {
    List<String> parts = new ArrayList<>();
    for (int minute = 0; minute < come.size(); minute++) {
      boolean all = come.get(minute) > 0.995;
      String share = all ? "all" : Math.round(100 * come.get(minute)) + " %";
      parts.add(minute == 0 ? share + " at its begin" : share + " after " + minute + " min");
      if (all) {
        break;
      }
    }
    return String.join(", ", parts);
  }

  private static String soFar(UnderWay round, boolean used) {
    return Texts.count(round.arrived(), "event")
        + (round.arrived() == 1 ? " has" : " have")
        + " come as of "
        + Texts.second(round.seenAt())
        + (used ? ", and about " + whole(round.remaining()) + " more are expected" : "");
  }

  private static String age(Instant end, Instant now) {
    Duration age = Duration.between(end, now);
    return "; the newest ended " + Texts.whole(age.isNegative() ? Duration.ZERO : age) + " ago";
  }

  private static String error(Trust trust) {
    return trust
        .error()
        .map(
            part ->
                (trust.judged() == 1
                        ? "the last forecast was"
                        : "the last " + trust.judged() + " forecasts were")
                    + " off by "
                    + percent(part)
                    + " of the events; up to "
                    + percent(RoundForecast.WORST_ERROR)
                    + " is relied on")
        .orElse("not known: no round was forecast before it came");
  }

  private static String use(
      Trust trust, Optional<UnderWay> underWay, Optional<ManagerStatus> manager) {
    if (trust.why().isPresent()) {
      return trust.why().get();
    }
    if (underWay.filter(UnderWay::provided).isPresent()) {
      return "the last decision provides for events that are still to come"
          + manager
              .flatMap(ManagerStatus::decision)
              .map(decision -> ": " + decision.workers() + " workers, " + decision.limit())
              .orElse("");
    }
    return "rounds provide for these events before they come, where that takes more workers or a"
        + " higher limit";
  }

  /** A tenth of a percent is precise enough for an error. */
  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share).replace(".0 %", " %");
  }

  private static String whole(double events) {
    return Long.toString(Math.round(events));
  }
}
