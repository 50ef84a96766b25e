package io.ratelimit.core.internal.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.forecast.RoundArrivals;
import io.ratelimit.core.internal.forecast.RoundForecaster;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns the rounds of one queue from a history, and forecasts the next one. Goes on with what it
 * has learned where the history fails. Thread-safe.
 */
public final class Forecasts {

  private static final Logger LOG = LoggerFactory.getLogger(Forecasts.class);

  /** Four weeks: a season of a week, and whether it holds. */
  private static final Duration LEARNED = Duration.ofDays(28);

  /** Three weeks of rounds each 3 minutes: in memory for a moment, without their figures. */
  private static final int MOST_ROUNDS = 10_000;

  private static final int ROUNDS_PER_PAGE = 200;

  private final RoundHistory history;
  private final String queue;
  private final RoundForecaster rounds;
  private Optional<Past> latest = Optional.empty();
  private Optional<RoundForecast> latestForecast = Optional.empty();
  private Optional<Failing> failing = Optional.empty();

  /** What of a round is of use. */
  private record Past(RoundArrivals arrivals, Instant endedAt, long remaining) {

    static Optional<Past> of(RoundRecord round) {
      if (round.counts().isEmpty() || round.outcome() == RoundRecord.Outcome.CANCELLED) {
        return Optional.empty();
      }
      RoundRecord.Counts counts = round.counts().get();
      return Optional.of(
          new Past(
              new RoundArrivals(
                  round.startedAt(),
                  counts.backlog(),
                  round.arrivalsByMinute().orElse(List.of(counts.published())),
                  byType(round),
                  secondsByType(round)),
              round.endedAt(),
              counts.remaining()));
    }

    /** All types, or none: a part of them would be taken for all. */
    private static Map<String, Long> byType(RoundRecord round) {
      Map<String, Long> byType = new HashMap<>();
      for (RoundRecord.OfType type : round.types()) {
        if (type.arrivals().isEmpty()) {
          return Map.of();
        }
        byType.merge(name(type.type()), type.arrivals().get(), Long::sum);
      }
      return byType;
    }

    private static Map<String, Double> secondsByType(RoundRecord round) {
      Map<String, Double> seconds = new HashMap<>();
      for (RoundRecord.OfType type : round.types()) {
        type.processing()
            .filter(times -> times.total() > 0)
            .ifPresent(
                times -> seconds.putIfAbsent(name(type.type()), times.mean().toNanos() / 1e9));
      }
      return seconds;
    }

    private static String name(String kept) {
      try {
        return EventType.of(kept).name();
      } catch (IllegalArgumentException noTypesName) {
        return EventType.OTHERS.name();
      }
    }

    /** Returns this round without what the one before it left. */
    RoundArrivals after(Past before) {
      return new RoundArrivals(
          arrivals.at(),
          Math.max(0, arrivals.atBegin() - before.remaining),
          arrivals.byMinute(),
          arrivals.byType(),
          arrivals.secondsByType());
    }
  }

  private record Failing(Instant since, String reason) {}

  /**
   * Has learned nothing yet.
   *
   * @param queue the name of the queue whose rounds count, as far as it has one
   */
  public Forecasts(RoundHistory history, Forecaster forecaster, Optional<String> queue) {
    this.history = requireNonNull(history, "history");
    this.rounds = new RoundForecaster(forecaster);
    this.queue = queue.orElse("");
  }

  /**
   * Learns what the history has kept since it was last read; where that fails, at the next time.
   * May block as long as the history does.
   */
  public synchronized void learn(Instant now) {
    try {
      List<Past> news = read(latest.map(Past::endedAt).orElse(now.minus(LEARNED)));
      for (int i = news.size() - 1; i >= 0; i--) {
        learn(news.get(i));
      }
      failing = Optional.empty();
    } catch (RuntimeException failure) {
      if (failing.isEmpty()) {
        LOG.warn("the history cannot be read, and forecasts go on from what was learned", failure);
      }
      String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
      failing = Optional.of(new Failing(failing.map(Failing::since).orElse(now), reason));
    }
  }

  /** Returns the newest first. */
  private List<Past> read(Instant since) {
    List<Past> news = new ArrayList<>();
    Optional<HistoryQuery> next = Optional.of(HistoryQuery.newest(ROUNDS_PER_PAGE).since(since));
    for (int seen = 0; next.isPresent() && seen < MOST_ROUNDS; seen += ROUNDS_PER_PAGE) {
      HistoryPage page = history.read(next.get());
      page.rounds().stream()
          .filter(round -> round.queue().equals(queue))
          .forEach(round -> Past.of(round).ifPresent(news::add));
      next = page.next();
    }
    return news;
  }

  /** Rounds that overlap are those of others at the same work: one of them counts. */
  private void learn(Past round) {
    if (latest.isEmpty()) {
      rounds.learn(round.arrivals());
    } else if (round.arrivals().at().isBefore(latest.get().endedAt())) {
      return;
    } else {
      rounds.learn(round.after(latest.get()));
    }
    latest = Optional.of(round);
  }

  /** Forecasts a round from what was learned. */
  public synchronized RoundForecast forecast(Instant at) {
    RoundForecast forecast = rounds.forecast(at);
    boolean wasUsed = latestForecast.filter(Forecasts::isUsed).isPresent();
    if (isUsed(forecast) && !wasUsed) {
      LOG.info("forecasts of rounds are used from now on");
    } else if (wasUsed) {
      forecast.distrust().ifPresent(LOG::info);
    }
    latestForecast = Optional.of(forecast);
    return forecast;
  }

  private static boolean isUsed(RoundForecast forecast) {
    return forecast.distrust().isEmpty();
  }

  /** Returns what is to be known: why the latest forecast was not relied on, and what fails. */
  public synchronized List<String> notes() {
    List<String> notes = new ArrayList<>();
    // That there were too few rounds yet is no trouble.
    latestForecast
        .filter(forecast -> forecast.judged() >= RoundForecast.JUDGED)
        .flatMap(RoundForecast::distrust)
        .ifPresent(notes::add);
    failing.ifPresent(
        now ->
            notes.add(
                "the history cannot be read since "
                    + now.since().truncatedTo(ChronoUnit.SECONDS)
                    + ": "
                    + now.reason()
                    + "; forecasts go on from what was learned before"));
    return notes;
  }
}
