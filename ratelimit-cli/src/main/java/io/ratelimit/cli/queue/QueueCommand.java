package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.CommandGroup;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import java.io.InputStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Commands on a queue in Redis. */
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Shows and changes a queue in Redis.",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit queue stats --redis redis://localhost:6379")
public final class QueueCommand extends CommandGroup {

  private QueueCommand() {}

  /**
   * Returns all the commands.
   *
   * @param monitor the command that watches a queue; it has its own package
   */
  public static CommandLine commandLine(Terminal terminal, InputStream input, Object monitor) {
    return new CommandLine(new QueueCommand())
        .addSubcommand(new QueueListCommand(terminal))
        .addSubcommand(new QueueStatsCommand(terminal))
        .addSubcommand("monitor", monitor)
        .addSubcommand(new QueuePublishCommand(terminal, input))
        .addSubcommand(new QueuePeekCommand(terminal))
        .addSubcommand(new QueueCancelCommand(terminal))
        .addSubcommand(new QueueReprioritizeCommand(terminal))
        .addSubcommand(new QueueFailedCommand(terminal))
        .addSubcommand(new QueueRedriveCommand(terminal))
        .addSubcommand(new QueueDiscardCommand(terminal))
        .addSubcommand(new QueueClearCommand(terminal))
        .addSubcommand(new QueueLimitCommand(terminal))
        .addSubcommand(new QueueKeysCommand(terminal))
        .addSubcommand(new QueueKeyCommand(terminal))
        .addSubcommand(new QueuePauseCommand(terminal))
        .addSubcommand(new QueueResumeCommand(terminal));
  }
}
