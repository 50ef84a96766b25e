package io.ratelimit.cli.manager;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.temporal.RateLimitClient;
import picocli.CommandLine.Command;

/** Deletes a schedule. */
@Command(
    name = "delete",
    description = "Deletes a schedule. Managers that it started continue.",
    footer = "  ratelimit schedule delete audits")
final class ScheduleDeleteCommand extends OneManagerAction {

  ScheduleDeleteCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    client.deleteSchedule(id());
    printTold("delete", "Schedule " + id() + " deleted.");
    return 0;
  }
}
