package io.ratelimit.cli.scenario;

import io.ratelimit.cli.shell.Texts;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A table of outcomes for people. */
final class OutcomeTable {

  /**
   * Returns a header and a row per outcome.
   *
   * @param what the heading of the names
   */
  static List<String> lines(String what, Map<String, Outcome> outcomes) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of(what, "MET", "(95 %)", "P50", "P99", "EXTRA STARTS", "WORKER MIN"));
    outcomes.forEach(
        (name, outcome) ->
            rows.add(
                List.of(
                    name,
                    percent(outcome.metShare()),
                    percent(outcome.metInterval().low())
                        + "-"
                        + percent(outcome.metInterval().high()),
                    seconds(outcome.finishP50()),
                    seconds(outcome.finishP99()),
                    withHalf(outcome.extraStarts(), outcome.extraStartsInterval()),
                    withHalf(outcome.workerMinutes(), outcome.workerMinutesInterval()))));
    return Texts.table(rows);
  }

  /** Returns a percentage, rounded down, so that only all is 100. */
  private static String percent(double share) {
    return BigDecimal.valueOf(share * 100)
        .setScale(2, RoundingMode.FLOOR)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static String seconds(double seconds) {
    return Double.isInfinite(seconds) ? "never" : Texts.number(seconds) + " s";
  }

  private static String withHalf(double mean, Interval interval) {
    return String.format(Locale.ROOT, "%.1f ±%.1f", mean, (interval.high() - interval.low()) / 2);
  }

  private OutcomeTable() {}
}
