package io.ratelimit.core.report;

import io.ratelimit.core.report.RoundReport.TypeReport;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Formats a {@link RoundReport} as text. */
final class RoundTable {

  private final RoundReport report;
  private final StringBuilder text = new StringBuilder();

  RoundTable(RoundReport report) {
    this.report = report;
  }

  @Override
  public String toString() {
    text.setLength(0);
    line("Round", "%s", round());
    line(
        "Events",
        "%d done, %d failed, %d left; %d attempts, %d retries",
        report.done(),
        report.failed(),
        report.remaining(),
        report.attempts(),
        report.retries());
    if (report.lost() > 0) {
      line("", "%d LOST by the queue's store: publish them again", report.lost());
    }
    if (report.released() + report.staleLeases() > 0) {
      line("", "%d released, %d leases lost", report.released(), report.staleLeases());
    }
    line(
        "Limit",
        "%s, %d allowed; %.0f %% of it used from first to last start",
        limit(),
        report.largestLimit(),
        100 * report.limitUtilization());
    line(
        "Workers",
        "up to %d, busy %.0f %% of their time from first to last start%s",
        report.mostWorkers(),
        100 * report.workerUtilization(),
        held());
    if (isSample()) {
      line(
          "Sample",
          "%d of %d attempts: the following figures, up to the types, cover only these",
          report.sampled(),
          report.attempts());
    }
    percentiles("Waiting", report.waiting(), " from publication to start");
    percentiles("Processing", report.processing(), "");
    types();
    decisions();
    notes();
    return text.toString();
  }

  private boolean isSample() {
    return report.sampled() < report.attempts();
  }

  private String limit() {
    String window = seconds(report.window());
    return report
        .largestWindow()
        .map(
            largest ->
                String.format(
                    Locale.ROOT,
                    "%s: at most %d starts in any %s",
                    report.limitHeld().orElseThrow() ? "held" : "EXCEEDED",
                    largest,
                    window))
        .orElse("the largest number of starts in any " + window + " is not known");
  }

  private String round() {
    String spare = seconds(report.deadline().minus(report.elapsed())) + " to spare";
    return (report.remaining() == 0 ? "finished in " : "NOT finished in ")
        + seconds(report.elapsed())
        + " (deadline "
        + seconds(report.deadline())
        + "), "
        + report.lateness().map(Lateness::toString).orElse(spare);
  }

  /** Returns what set the pace, if the limit or the workers were used up. */
  private String held() {
    if (report.limitUtilization() >= Lateness.USED_UP) {
      return "; the limit set the pace";
    }
    return report.workerUtilization() >= Lateness.USED_UP ? "; they set the pace" : "";
  }

  private void percentiles(String name, Percentiles percentiles, String of) {
    line(
        name,
        "p50 %s, p90 %s, p99 %s, max %s%s",
        seconds(percentiles.p50()),
        seconds(percentiles.p90()),
        seconds(percentiles.p99()),
        seconds(percentiles.max()),
        of);
  }

  private void types() {
    Collection<TypeReport> types = report.byType().values();
    int names = report.byType().keySet().stream().mapToInt(String::length).max().orElse(0);
    int done = digits(types, TypeReport::done);
    int failed = digits(types, TypeReport::failed);
    int attempts = digits(types, TypeReport::attempts);
    String name = "Types";
    for (var entry : report.byType().entrySet()) {
      TypeReport type = entry.getValue();
      line(
          name,
          "%s  %s done, %s failed, %s attempts, %s each",
          entry.getKey() + " ".repeat(names - entry.getKey().length()),
          right(type.done(), done),
          right(type.failed(), failed),
          right(type.attempts(), attempts),
          seconds(type.meanProcessing()));
      name = "";
    }
  }

  private static int digits(Collection<TypeReport> types, ToLongFunction<TypeReport> count) {
    return Long.toString(types.stream().mapToLong(count).max().orElse(0)).length();
  }

  private static String right(long count, int width) {
    String digits = Long.toString(count);
    return " ".repeat(width - digits.length()) + digits;
  }

  private void decisions() {
    String name = "Decisions";
    for (ScalingDecision decision : report.decisions()) {
      Duration at = Duration.between(report.decisions().get(0).at(), decision.at());
      line(name, "%8s  %s", seconds(at), decision.explanation());
      name = "";
    }
  }

  private void notes() {
    String name = "Notes";
    for (String note : report.notes()) {
      line(name, "%s", note);
      name = "";
    }
  }

  private void line(String name, String format, Object... values) {
    text.append(String.format(Locale.ROOT, "%-11s ", name))
        .append(String.format(Locale.ROOT, format, values))
        .append(System.lineSeparator());
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toNanos() / 1e9);
  }
}
