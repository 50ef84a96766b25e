package io.ratelimit.core.report;

import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.util.Locale;

/** A {@link RoundReport} as text. */
final class RoundTable {

  private final RoundReport report;
  private final StringBuilder text = new StringBuilder();

  RoundTable(RoundReport report) {
    this.report = report;
  }

  @Override
  public String toString() {
    text.setLength(0);
    line(
        "Round",
        "%s in %s (deadline %s)",
        report.deadlineMet() ? "finished" : "NOT finished",
        seconds(report.elapsed()),
        seconds(report.deadline()));
    line(
        "Events",
        "%d done, %d failed, %d left; %d attempts, %d retries",
        report.done(),
        report.failed(),
        report.remaining(),
        report.attempts(),
        report.retries());
    if (report.released() + report.staleLeases() > 0) {
      line("", "%d released, %d leases lost", report.released(), report.staleLeases());
    }
    line(
        "Limit",
        "%s: at most %d starts in any %s, %d allowed; %.1f %% used",
        report.limitHeld() ? "held" : "EXCEEDED",
        report.largestWindow(),
        seconds(report.window()),
        report.largestLimit(),
        100 * report.limitUtilisation());
    line("Workers", "%.1f %% busy", 100 * report.workerUtilisation());
    percentiles("Waiting", report.waiting());
    percentiles("Processing", report.processing());
    types();
    decisions();
    return text.toString();
  }

  private void percentiles(String name, Percentiles percentiles) {
    line(
        name,
        "p50 %s, p90 %s, p99 %s, max %s",
        seconds(percentiles.p50()),
        seconds(percentiles.p90()),
        seconds(percentiles.p99()),
        seconds(percentiles.max()));
  }

  private void types() {
    int width = report.byType().keySet().stream().mapToInt(String::length).max().orElse(0);
    String name = "Types";
    for (var entry : report.byType().entrySet()) {
      TypeReport type = entry.getValue();
      line(
          name,
          "%-" + width + "s  %4d done, %3d failed, %4d attempts, %s each",
          entry.getKey(),
          type.done(),
          type.failed(),
          type.attempts(),
          seconds(type.meanProcessing()));
      name = "";
    }
  }

  private void decisions() {
    String name = "Decisions";
    for (ScalingDecision decision : report.decisions()) {
      Duration at = Duration.between(report.decisions().get(0).at(), decision.at());
      line(name, "%8s  %s", seconds(at), decision.explanation());
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
