package io.ratelimit.cli.manager;

import io.ratelimit.cli.shell.CommandGroup;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Commands on schedules of managers. */
@Command(
    name = "schedule",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Starts managers on a schedule, one for each audit.",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit schedule create audits --every 3m")
public final class ScheduleCommand extends CommandGroup {

  private ScheduleCommand() {}

  public static CommandLine commandLine(Terminal terminal) {
    return new CommandLine(new ScheduleCommand())
        .addSubcommand(new ScheduleCreateCommand(terminal))
        .addSubcommand(new ScheduleDescribeCommand(terminal))
        .addSubcommand(new ScheduleDeleteCommand(terminal));
  }
}
