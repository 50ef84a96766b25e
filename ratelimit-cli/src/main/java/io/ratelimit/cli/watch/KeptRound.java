package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.history.RoundRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * A kept round, as a browser is told of it. What is not known is empty.
 *
 * @param forecast how many new events were forecast before it; empty: it was not forecast
 * @param margin how many seconds before its deadline it was finished; below zero: late
 * @param left how many events were left unfinished
 * @param events how many came to it
 * @param failureRate which share of its attempts failed, 0 to 1
 * @param limit the highest limit in force
 * @param extraStarts how many starts there were beyond those of the normal limit
 * @param workers the most workers
 */
public record KeptRound(
    Instant endedAt,
    Optional<ForecastView.Range> forecast,
    RoundRecord.Outcome outcome,
    Optional<Double> margin,
    Optional<Long> left,
    Optional<Long> events,
    Optional<Double> failureRate,
    Optional<String> limit,
    Optional<Long> extraStarts,
    Optional<Integer> workers,
    Optional<String> why) {

  /**
   * @param forecast what was forecast of it
   */
  public static KeptRound of(RoundRecord round, Optional<ForecastView.Range> forecast) {
    return new KeptRound(
        round.endedAt(),
        forecast,
        round.outcome(),
        round.margin().map(Texts::seconds),
        round.counts().map(RoundRecord.Counts::remaining),
        round.arrivals(),
        round.failureRate(),
        RoundFigures.highest(round).map(Object::toString),
        round.limit().extraStarts(),
        round.workers().map(RoundRecord.Workers::most),
        round.why());
  }
}
