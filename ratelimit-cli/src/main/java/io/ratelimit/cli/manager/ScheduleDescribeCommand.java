package io.ratelimit.cli.manager;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerSchedule;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Shows a schedule. */
@Command(
    name = "describe",
    description = "Shows a schedule: when it starts the next managers, and which it has started.",
    footer = "  ratelimit schedule describe audits")
final class ScheduleDescribeCommand extends OneManagerAction {

  private static final int INDENT = 12;
  private static final int MOST_NEXT = 3;

  ScheduleDescribeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    ManagerSchedule schedule = client.describeSchedule(id());
    print(schedule, lines(schedule));
    return 0;
  }

  private static List<String> lines(ManagerSchedule schedule) {
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "Schedule",
            schedule.id()
                + ", each "
                + Texts.duration(schedule.every())
                + (schedule.paused() ? ", paused" : "")));
    schedule.next().stream()
        .limit(MOST_NEXT)
        .forEach(at -> lines.add(line(lines.size() == 1 ? "Next" : "", at.toString())));
    lines.add(
        line(
            "Running",
            schedule.running().isEmpty() ? "none" : String.join(", ", schedule.running())));
    String label = "Started";
    for (ManagerSchedule.Started started : schedule.recent()) {
      lines.add(line(label, started.id() + " at " + started.startedAt()));
      label = "";
    }
    lines.add(line("Skipped", schedule.skipped() + ", because the previous one was still running"));
    return lines;
  }

  private static String line(String label, String text) {
    return Texts.padded(label, INDENT) + text;
  }
}
