package io.ratelimit.core.internal.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.forecast.PastForecast;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.forecast.RoundArrivals;
import io.ratelimit.core.internal.forecast.RoundForecaster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rounds of one queue, learned from a history. The same rounds give the same forecasts in the
 * engine, under Temporal and on screens. Thread-safe.
 */
public final class LearnedRounds {

  /** Four weeks: enough to find a weekly season and to see whether it holds. */
  private static final Duration LEARNED = Duration.ofDays(28);

  /** Three weeks of a round every 3 minutes: in memory only for a moment, and in a reduced form. */
  private static final int MOST_ROUNDS = 10_000;

  private static final int ROUNDS_PER_PAGE = 200;

  private final String queue;
  private final RoundForecaster rounds;
  private Optional<Past> latest = Optional.empty();

  /** The facts of a round that forecasts use. */
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

    /** Returns the arrivals of all types, or of none: some of them would pass for all. */
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

    /** Returns the arrivals of this round without the events that the previous round left. */
    RoundArrivals after(Past before) {
      return new RoundArrivals(
          arrivals.at(),
          Math.max(0, arrivals.atBegin() - before.remaining),
          arrivals.byMinute(),
          arrivals.byType(),
          arrivals.secondsByType());
    }
  }

  /**
   * Creates an object that has learned nothing yet.
   *
   * @param queue the name of the queue whose rounds count, if it has one
   */
  public LearnedRounds(Forecaster forecaster, Optional<String> queue) {
    this.rounds = new RoundForecaster(forecaster);
    this.queue = requireNonNull(queue, "queue").orElse("");
  }

  /**
   * Learns the rounds that a history has kept since the last reading. May block as long as the
   * history does. If the history throws an exception, nothing is learned and the exception is
   * passed on.
   *
   * @param now the current time; rounds that ended more than four weeks earlier are ignored
   */
  public synchronized void learn(RoundHistory history, Instant now) {
    List<Past> news = read(history, latest.map(Past::endedAt).orElse(now.minus(LEARNED)));
    for (int i = news.size() - 1; i >= 0; i--) {
      learn(news.get(i));
    }
  }

  /** Returns the new rounds, newest first. */
  private List<Past> read(RoundHistory history, Instant since) {
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

  /**
   * Overlapping rounds come from several owners working on the same events: only one of them
   * counts.
   */
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

  /** Returns the forecast of a round. */
  public synchronized RoundForecast forecast(Instant at) {
    return rounds.forecast(at);
  }

  /** Returns which model forecasts a round; empty if too little was learned. */
  public synchronized Optional<String> model(Instant at) {
    return rounds.model(at);
  }

  /** Returns how many rounds were learned. */
  public synchronized int count() {
    return rounds.learned();
  }

  /** Returns when the newest learned round ended. */
  public synchronized Optional<Instant> newestEnd() {
    return latest.map(Past::endedAt);
  }

  /**
   * Returns the forecasts of the latest rounds with their actual values, in chronological order.
   */
  public synchronized List<PastForecast> past() {
    return rounds.past();
  }
}
