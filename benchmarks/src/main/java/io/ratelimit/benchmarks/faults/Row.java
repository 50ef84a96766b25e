package io.ratelimit.benchmarks.faults;

import io.ratelimit.benchmarks.faults.judge.Stamps;
import io.ratelimit.benchmarks.faults.judge.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The result of one fault of the matrix.
 *
 * @param fault the fault
 * @param verdict the verdict; empty if the trial did not finish
 * @param obstacle why it did not finish; empty if it did
 * @param isViolated whether a guarantee was violated
 */
record Row(Fault fault, Optional<Verdict> verdict, String obstacle, boolean isViolated) {

  private static final int LONGEST_CELL = 100;

  static final String HEADING =
      """
      | fault | what happens | fullest window | events | lost (told) | again | first start | everyone \
      | health meanwhile | verdict |
      |---|---|---:|---:|---:|---:|---:|---:|---|---|""";

  static Row judged(Fault fault, Verdict verdict) {
    return new Row(fault, Optional.of(verdict), "", !verdict.violations().isEmpty());
  }

  /** Returns the row of a fault that cannot be tried here. */
  static Row notRun(Fault fault, String obstacle) {
    return new Row(fault, Optional.empty(), "not run: " + obstacle, false);
  }

  /** Returns the row of a trial that failed unexpectedly. */
  static Row broken(Fault fault, IOException failure) {
    return new Row(fault, Optional.empty(), "**broken off: " + failure.getMessage() + "**", true);
  }

  /** Returns the row of a Markdown table. */
  String line() {
    List<String> cells =
        verdict
            .map(
                judged ->
                    List.of(
                        judged.fullestWindow() + " of " + judged.allowed(),
                        Integer.toString(judged.published()),
                        lost(judged),
                        Integer.toString(judged.countedAgain()),
                        seconds(judged.firstStartMicros()),
                        seconds(judged.everyoneMicros()),
                        shortened(judged.health()),
                        judged.violations().isEmpty()
                            ? "held"
                            : "**" + String.join("; ", judged.violations()) + "**"))
            .orElseGet(() -> List.of("", "", "", "", "", "", "", obstacle));
    return Stream.concat(Stream.of(fault.name(), fault.happens()), cells.stream())
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static String lost(Verdict verdict) {
    return verdict.lost() == 0 && verdict.toldLost() == 0
        ? "0"
        : verdict.lost() + " (" + verdict.toldLost() + ")";
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_CELL ? text : text.substring(0, LONGEST_CELL - 1) + "…";
  }

  private static String seconds(OptionalLong micros) {
    return micros.isPresent()
        ? String.format(Locale.ROOT, "%.1f s", micros.getAsLong() / (double) Stamps.PER_SECOND)
        : "never";
  }

  /** Returns the row as a JSON object. */
  String json() {
    Json json =
        new Json()
            .text("fault", fault.name())
            .text("happens", fault.happens())
            .text("obstacle", obstacle);
    verdict.ifPresent(
        judged ->
            json.texts("violations", judged.violations())
                .number("starts", judged.starts())
                .number("fullestWindow", judged.fullestWindow())
                .number("allowed", judged.allowed())
                .number("published", judged.published())
                .number("lost", judged.lost())
                .number("toldLost", judged.toldLost())
                .number("countedAgain", judged.countedAgain())
                .number("firstStartMicros", judged.firstStartMicros())
                .number("everyoneMicros", judged.everyoneMicros())
                .text("health", judged.health()));
    return json.toString();
  }
}
