package io.ratelimit.core.internal.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.history.RoundHistory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forecasts the rounds of one queue for scaling decisions, with notes for people. If the history
 * fails, the forecasts use what was learned before. Thread-safe.
 */
public final class Forecasts {

  private static final Logger LOG = LoggerFactory.getLogger(Forecasts.class);

  private final RoundHistory history;
  private final LearnedRounds rounds;
  private Optional<RoundForecast> latestForecast = Optional.empty();
  private Optional<Failing> failing = Optional.empty();

  private record Failing(Instant since, String reason) {}

  /**
   * Creates forecasts that have learned nothing yet.
   *
   * @param queue the name of the queue whose rounds count, if it has one
   */
  public Forecasts(RoundHistory history, Forecaster forecaster, Optional<String> queue) {
    this.history = requireNonNull(history, "history");
    this.rounds = new LearnedRounds(forecaster, queue);
  }

  /**
   * Learns the rounds that the history has kept since the last reading. If that fails, the next
   * call tries again. May block as long as the history does.
   */
  public synchronized void learn(Instant now) {
    try {
      rounds.learn(history, now);
      failing = Optional.empty();
    } catch (RuntimeException failure) {
      if (failing.isEmpty()) {
        LOG.warn("the history cannot be read, and forecasts go on from what was learned", failure);
      }
      String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
      failing = Optional.of(new Failing(failing.map(Failing::since).orElse(now), reason));
    }
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

  /** Returns notes for people: why the latest forecast was not relied on, and what fails. */
  public synchronized List<String> notes() {
    List<String> notes = new ArrayList<>();
    // Too few rounds so far are not worth a note.
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
