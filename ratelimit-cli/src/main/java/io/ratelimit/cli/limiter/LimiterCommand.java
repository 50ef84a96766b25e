package io.ratelimit.cli.limiter;

import io.ratelimit.cli.shell.CommandGroup;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Commands on a limit in Redis, without events. */
@Command(
    name = "limiter",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Takes permits from a limit in Redis for calls without an event, so that other"
            + " calls to the same API count too.",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit limiter try --wait 30s && curl https://api.example.com/balance")
public final class LimiterCommand extends CommandGroup {

  private LimiterCommand() {}

  /** Returns all the commands. */
  public static CommandLine commandLine(Terminal terminal) {
    return new CommandLine(new LimiterCommand())
        .addSubcommand(new LimiterTryCommand(terminal))
        .addSubcommand(new LimiterShowCommand(terminal));
  }
}
