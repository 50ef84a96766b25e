package io.ratelimit.core.report;

import java.time.Duration;
import java.util.Locale;

/**
 * How late a round was, and what held it back most.
 *
 * @param remaining how many events were left unfinished; 0 if all were finished, but late
 * @param by how long after the deadline the last event was finished; zero if some remained
 * @param cause what held the round back most
 * @param detail the cause in a few words, with its figure
 */
public record Lateness(long remaining, Duration by, Cause cause, String detail) {

  /** What holds a round back. */
  public enum Cause {
    /** Nothing started for so long that the round missed its deadline for that reason alone. */
    START_HELD,
    /** The limit was used up. */
    LIMIT,
    /** The workers were busy all the time. */
    WORKERS,
    /** None of these: the last attempts, including failed or slow ones, came late. */
    LAST_ATTEMPTS
  }

  /** A first start within this share of the deadline is not late: the pace alone explains it. */
  private static final double EARLY = 0.1;

  /** From this utilization on, the limit or the workers count as used up. */
  static final double USED_UP = 0.9;

  static Lateness of(RoundReport report) {
    Duration over = report.elapsed().minus(report.deadline());
    Duration by = report.remaining() > 0 || over.isNegative() ? Duration.ZERO : over;
    Cause cause = cause(report);
    return new Lateness(report.remaining(), by, cause, detail(cause, report));
  }

  private static Cause cause(RoundReport report) {
    if (isHeldAtTheStart(report)) {
      return Cause.START_HELD;
    }
    if (report.limitUtilization() >= USED_UP) {
      return Cause.LIMIT;
    }
    return report.workerUtilization() >= USED_UP ? Cause.WORKERS : Cause.LAST_ATTEMPTS;
  }

  /**
   * Returns whether the round would have met its deadline at the same speed if its first start had
   * come at once.
   */
  private static boolean isHeldAtTheStart(RoundReport report) {
    if (report.firstStart().isEmpty()) {
      // If nobody reported the attempts, the time of their first start is unknown.
      return report.attempts() == 0;
    }
    double held = seconds(report.firstStart().get());
    if (held <= EARLY * seconds(report.deadline())) {
      return false;
    }
    double worked = seconds(report.elapsed()) - held;
    long finished = report.done() + report.failed();
    return report.remaining() == 0
        ? worked <= seconds(report.deadline())
        : report.remaining() * worked <= finished * held;
  }

  private static String detail(Cause cause, RoundReport report) {
    return switch (cause) {
      case START_HELD ->
          report
              .firstStart()
              .map(first -> "nothing was started for the first " + text(first))
              .orElse("nothing was started");
      case LIMIT ->
          String.format(
              Locale.ROOT,
              "the limit was used up (%.0f %%, at most %d starts in %s)",
              100 * report.limitUtilization(),
              report.largestLimit(),
              text(report.window()));
      case WORKERS ->
          String.format(
              Locale.ROOT,
              "the workers, up to %d, were busy %.0f %% of their time",
              report.mostWorkers(),
              100 * report.workerUtilization());
      case LAST_ATTEMPTS ->
          String.format(
              Locale.ROOT,
              "the last attempts came late, after %d retries; an attempt took up to %s",
              report.retries(),
              text(report.processing().max()));
    };
  }

  /** Returns how late the round was and why, as a sentence without a period. */
  @Override
  public String toString() {
    String late =
        remaining == 0
            ? text(by) + " late"
            : remaining + (remaining == 1 ? " event" : " events") + " left";
    return late + ": " + detail;
  }

  private static String text(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", seconds(duration));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
