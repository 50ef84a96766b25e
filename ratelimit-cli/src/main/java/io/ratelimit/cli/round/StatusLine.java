package io.ratelimit.cli.round;

import io.ratelimit.cli.shell.StartsText;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The progress of a round, on one line.
 *
 * @param elapsed the time since its start
 * @param pending the number of events that wait for a worker or a retry
 * @param running the number of events in progress
 * @param done the number of finished events
 * @param failed the number of events given up
 * @param workers the wanted number of workers
 * @param starts the weight of the starts in the window
 * @param limit the limit in force
 * @param raised whether that is more than normal
 * @param paused whether starts are paused
 * @param untilNextStart how long nothing may be started, if not at once
 */
public record StatusLine(
    Duration elapsed,
    long pending,
    long running,
    long done,
    long failed,
    int workers,
    long starts,
    RateLimit limit,
    boolean raised,
    boolean paused,
    Optional<Duration> untilNextStart) {

  private static final int SHORTEST_BAR = 8;
  private static final int LONGEST_BAR = 30;

  static StatusLine of(QueueStats stats, Duration elapsed, int workers) {
    return new StatusLine(
        elapsed,
        stats.pending() + stats.delayed(),
        stats.leased(),
        stats.done(),
        stats.failed(),
        workers,
        stats.startsInWindow(),
        stats.limitInForce(),
        stats.limit().isEmergency(stats.observedAt()),
        stats.limit().isPaused(stats.observedAt()),
        stats.nextStart().map(next -> Duration.between(stats.observedAt(), next)));
  }

  /** Returns the line without events done or given up earlier. */
  StatusLine without(long doneBefore, long failedBefore) {
    return new StatusLine(
        elapsed,
        pending,
        running,
        done - doneBefore,
        failed - failedBefore,
        workers,
        starts,
        limit,
        raised,
        paused,
        untilNextStart);
  }

  private long total() {
    return pending + running + done + failed;
  }

  private double share() {
    return total() == 0 ? 1 : (done + failed) / (double) total();
  }

  /** Returns the line for output that keeps lines: as wide as necessary, and aligned. */
  String plain() {
    int digits = Long.toString(total()).length();
    String number = "%" + digits + "d";
    return String.format(
        Locale.ROOT,
        "%8s  %3.0f %%  "
            + (number + " pending  " + number + " running  ")
            + (number + " done  " + number + " failed  %2d workers  %s"),
        seconds(elapsed),
        Math.floor(100 * share()),
        pending,
        running,
        done,
        failed,
        workers,
        startsText());
  }

  private String startsText() {
    return StartsText.of(starts, limit, paused, untilNextStart)
        + (raised ? ", limit raised to " + limit : "");
  }

  /** Returns the line for a terminal: with a bar, and no longer than the width. */
  String live(Terminal terminal) {
    // Leaves the last column free: some terminals wrap when it is used.
    int width = terminal.width().getAsInt() - 1;
    String head = String.format(Locale.ROOT, "%8s  ", seconds(elapsed));
    for (String tail : new String[] {wide(), medium(), narrow()}) {
      int room = width - head.length() - tail.length();
      if (room >= SHORTEST_BAR) {
        return head + bar(Math.min(LONGEST_BAR, room), terminal) + tail;
      }
    }
    String shortest = head.strip() + narrow();
    return shortest.substring(0, Math.min(width, shortest.length()));
  }

  /**
   * For a terminal, where the queue does not answer any more: what was read last, and how old that
   * is; no longer than the terminal's width.
   */
  String stale(Duration age, Terminal terminal) {
    int width = terminal.width().getAsInt() - 1;
    String old = "The queue does not answer; " + Texts.whole(age) + " ago:";
    for (String text : new String[] {old + wide(), old + narrow(), old}) {
      if (text.length() <= width) {
        return terminal.styled(Style.RED, text);
      }
    }
    return terminal.styled(Style.RED, old.substring(0, width));
  }

  private String wide() {
    return String.format(
        Locale.ROOT,
        "  %d pending  %d running  %d done  %d failed  %s  %s",
        pending,
        running,
        done,
        failed,
        Texts.count(workers, "worker"),
        startsText());
  }

  private String medium() {
    return String.format(
        Locale.ROOT,
        " %d wait %d run %d done %d fail %d wrk %s %s",
        pending,
        running,
        done,
        failed,
        workers,
        StartsText.brief(starts, limit),
        limit);
  }

  private String narrow() {
    return String.format(Locale.ROOT, " %d/%d", done + failed, total());
  }

  private String bar(int length, Terminal terminal) {
    int full = (int) Math.floor(share() * length);
    return terminal.styled(raised ? Style.YELLOW : Style.GREEN, "█".repeat(full))
        + terminal.styled(Style.FAINT, "░".repeat(length - full));
  }

  public static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", Texts.seconds(duration));
  }
}
