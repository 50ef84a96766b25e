package io.ratelimit.examples.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done with schedules of managers. */
@Command(
    name = "schedule",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Has managers started again and again, as audits come.",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit schedule create audits --every 3m")
final class ScheduleCommand implements Runnable {

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything is run.
  @Spec
  private CommandSpec spec;

  private ScheduleCommand() {}

  static CommandLine commandLine(Terminal terminal) {
    return new CommandLine(new ScheduleCommand())
        .addSubcommand(new ScheduleCreateCommand(terminal))
        .addSubcommand(new ScheduleDescribeCommand(terminal))
        .addSubcommand(new ScheduleDeleteCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing; they are " + String.join(", ", spec.subcommands().keySet()));
  }
}
