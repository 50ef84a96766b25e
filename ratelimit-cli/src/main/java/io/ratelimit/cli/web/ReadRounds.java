package io.ratelimit.cli.web;

import io.ratelimit.cli.watch.ForecastView;
import io.ratelimit.cli.watch.KeptRound;
import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.engine.LearnedRounds;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rounds of one queue as they were last read, and what was learned from them. Thread-safe. */
final class ReadRounds {

  private static final int ROUNDS = 200;
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final Time time;
  // All guarded by this.
  private Optional<Look> latest = Optional.empty();
  private Optional<HistoryException> failure = Optional.empty();
  private Instant freshUntil = Instant.MIN;

  /**
   * What was read.
   *
   * @param at when, by the queue's clock
   * @param rounds newest first
   * @param unreadable the number of records that could not be read
   * @param more whether there are older ones
   * @param learned what has been learned so far
   */
  record Look(
      Instant at, List<KeptRound> rounds, long unreadable, boolean more, LearnedRounds learned) {}

  ReadRounds(Time time) {
    this.time = time;
  }

  /**
   * Returns what was read a moment ago, or reads it.
   *
   * @throws HistoryException if the rounds cannot be read, or could not a moment ago
   * @throws io.ratelimit.core.queue.QueueException if the queue cannot be connected to
   */
  synchronized Look look(PageQueue queue) {
    if (!time.now().isBefore(freshUntil)) {
      read(queue);
    }
    failure.ifPresent(
        away -> {
          throw away;
        });
    return latest.orElseThrow();
  }

  private void read(PageQueue queue) {
    RoundHistory history = queue.history();
    Instant now = queue.queue().time().now();
    try {
      HistoryPage page = history.read(HistoryQuery.newest(ROUNDS));
      LearnedRounds learned = learned(queue, page);
      learned.learn(history, now);
      latest =
          Optional.of(
              new Look(
                  now, rounds(page, learned), page.unreadable(), page.next().isPresent(), learned));
      failure = Optional.empty();
    } catch (HistoryException away) {
      failure = Optional.of(away);
    }
    freshUntil = time.now().plus(FRESH);
  }

  /** Returns what was learned, unless it came from a queue that has since been removed. */
  private LearnedRounds learned(PageQueue queue, HistoryPage page) {
    Instant newest =
        page.rounds().stream().map(RoundRecord::endedAt).findFirst().orElse(Instant.MIN);
    return latest
        .map(Look::learned)
        .filter(before -> before.newestEnd().filter(newest::isBefore).isEmpty())
        .orElseGet(() -> new LearnedRounds(Forecaster.standard(), queue.queue().name()));
  }

  private static List<KeptRound> rounds(HistoryPage page, LearnedRounds learned) {
    Map<Instant, ForecastView.Range> forecasts = new HashMap<>();
    learned
        .past()
        .forEach(past -> forecasts.put(past.at(), ForecastView.Range.of(past.expected())));
    return page.rounds().stream()
        .map(round -> KeptRound.of(round, Optional.ofNullable(forecasts.get(round.startedAt()))))
        .toList();
  }
}
