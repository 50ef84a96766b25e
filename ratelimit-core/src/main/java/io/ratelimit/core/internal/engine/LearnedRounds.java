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
 * What the rounds of one queue were, as far as it is learned from a history: whoever has learned
 * the same rounds forecasts the same, in the engine, under Temporal and on screens. Thread-safe.
 */
public final class LearnedRounds {

  /** Four weeks: a season of a week, and whether it holds. */
  private static final Duration LEARNED = Duration.ofDays(28);

  /** Three weeks of rounds each 3 minutes: in memory for a moment, without their figures. */
  private static final int MOST_ROUNDS = 10_000;

  private static final int ROUNDS_PER_PAGE = 200;

  private final String queue;
  private final RoundForecaster rounds;
  private Optional<Past> latest = Optional.empty();

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

  /**
   * Has learned nothing yet.
   *
   * @param queue the name of the queue whose rounds count, as far as it has one
   */
  public LearnedRounds(Forecaster forecaster, Optional<String> queue) {
    this.rounds = new RoundForecaster(forecaster);
    this.queue = requireNonNull(queue, "queue").orElse("");
  }

  /**
   * Learns what a history has kept since it was last read. May block as long as the history does;
   * where that fails, nothing is learned of it, and its exception is thrown.
   *
   * @param now rounds that ended more than four weeks before are too old
   */
  public synchronized void learn(RoundHistory history, Instant now) {
    List<Past> news = read(history, latest.map(Past::endedAt).orElse(now.minus(LEARNED)));
    for (int i = news.size() - 1; i >= 0; i--) {
      learn(news.get(i));
    }
  }

  /** Returns the newest first. */
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

  /** Forecasts a round. */
  public synchronized RoundForecast forecast(Instant at) {
    return rounds.forecast(at);
  }

  /** Returns which model forecasts a round; empty: too little was learned. */
  public synchronized Optional<String> model(Instant at) {
    return rounds.model(at);
  }

  /** Returns how many rounds were learned. */
  public synchronized int count() {
    return rounds.learned();
  }

  /** Returns when the newest of them ended. */
  public synchronized Optional<Instant> newestEnd() {
    return latest.map(Past::endedAt);
  }

  /** Returns what was expected of the latest of them, and what came, in the order of time. */
  public synchronized List<PastForecast> past() {
    return rounds.past();
  }
}
