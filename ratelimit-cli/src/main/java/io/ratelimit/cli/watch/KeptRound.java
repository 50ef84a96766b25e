package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.history.RoundRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * A kept round, in the form that browsers get. Unknown values are empty.
 *
 * @param forecast the number of new events forecast before the round; empty if there was no
 *     forecast
 * @param margin how many seconds before its deadline it was finished; negative if it was late
 * @param left the number of events left unfinished
 * @param events the number of events that came
 * @param failureRate the share of its attempts that failed, 0 to 1
 * @param limit the highest limit in force
 * @param extraStarts the number of starts beyond those of the normal limit
 * @param workers the highest number of workers
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
   * Returns a round in the form that browsers get.
   *
   * @param forecast the forecast of the round
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
