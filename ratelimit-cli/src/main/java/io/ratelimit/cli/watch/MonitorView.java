package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.StartsText;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A queue and its manager at one moment. The names in JSON are stable.
 *
 * @param queue what the queue holds, and its limit
 * @param running the leased events, the one taken first in front; if there are many, those whose
 *     leases expire first
 * @param failed the events that failed last, the latest first
 * @param donePerMinute the number of events done in the minute before each of the last looks; empty
 *     while that is unknown
 * @param managerId the watched manager, if any
 * @param manager its status, if it runs and answers
 */
public record MonitorView(
    QueueView queue,
    List<LeaseView> running,
    List<FailedView> failed,
    List<Double> donePerMinute,
    Optional<String> managerId,
    Optional<ManagerStatus> manager) {

  private static final int INDENT = 12;
  private static final int BAR = 30;
  private static final int LONGEST_REASON = 60;
  private static final int MOST_IN_HAND = 10;
  private static final String LEVELS = "▁▂▃▄▅▆▇█";
  private static final String ASCII_LEVELS = "_.,-=+*#";

  /** Returns this view with what is known of the manager. */
  MonitorView with(ManagerSeen seen) {
    return new MonitorView(queue, running, failed, donePerMinute, seen.id(), seen.status());
  }

  /** Describes this view for a person. */
  public List<String> lines(Terminal terminal) {
    List<String> lines = new ArrayList<>(queue.lines());
    lines.add(line("Window", bar(terminal)));
    lines.add(line("Throughput", throughput(terminal)));
    lines.addAll(labeled("In hand", inHand()));
    lines.addAll(
        labeled(
            "Failed",
            failed.stream()
                .map(event -> event.id() + ": " + Printable.cut(event.reason(), LONGEST_REASON))
                .toList()));
    managerId.ifPresent(
        id -> {
          lines.add("");
          lines.addAll(
              manager
                  .map(status -> ManagerText.besideItsQueue(id, status))
                  .orElseGet(() -> List.of(line("Manager", id))));
        });
    return lines;
  }

  private List<String> inHand() {
    int width = running.stream().mapToInt(lease -> lease.type().length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (LeaseView lease : running.subList(0, Math.min(running.size(), MOST_IN_HAND))) {
      lines.add(
          Texts.padded(lease.type(), width)
              + "  since "
              + Texts.tenths(lease.age())
              + "  "
              + lease.id()
              + (lease.attempt() == 1 ? "" : ", attempt " + lease.attempt())
              + ", by "
              + lease.worker());
    }
    long more = queue.leased() - lines.size();
    if (more > 0 && !lines.isEmpty()) {
      lines.add("and " + more + " more");
    }
    return lines;
  }

  private static List<String> labeled(String label, List<String> texts) {
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      lines.add(line(lines.isEmpty() ? label : "", text));
    }
    return lines;
  }

  /** Returns a bar of the permits that are spent. */
  private String bar(Terminal terminal) {
    int permits = queue.limitInForce().permits();
    int full = (int) Math.min(BAR, BAR * queue.startsInWindow() / permits);
    Style style = queue.emergencyUntil().isPresent() ? Style.YELLOW : Style.GREEN;
    return terminal.styled(style, "█".repeat(full))
        + terminal.styled(Style.FAINT, "░".repeat(BAR - full))
        + "  "
        + StartsText.brief(queue.startsInWindow(), queue.limitInForce());
  }

  private String throughput(Terminal terminal) {
    if (donePerMinute.isEmpty()) {
      return "not known yet";
    }
    String levels = terminal.unicode() ? LEVELS : ASCII_LEVELS;
    double most = donePerMinute.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    StringBuilder line = new StringBuilder();
    for (double each : donePerMinute) {
      int level = most == 0 ? 0 : (int) Math.round(each / most * (levels.length() - 1));
      line.append(levels.charAt(level));
    }
    double last = donePerMinute.get(donePerMinute.size() - 1);
    return line + "  " + rate(last) + " done per minute";
  }

  private static String rate(double perMinute) {
    return perMinute < 10 ? Texts.number(perMinute) : Long.toString(Math.round(perMinute));
  }

  private static String line(String label, String text) {
    return Texts.padded(label, INDENT) + text;
  }
}
