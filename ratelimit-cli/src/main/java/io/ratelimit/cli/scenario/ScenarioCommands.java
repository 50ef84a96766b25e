package io.ratelimit.cli.scenario;

import io.ratelimit.cli.round.SimulateCommand;
import io.ratelimit.cli.shell.Terminal;
import java.io.InputStream;
import picocli.CommandLine;

/** The command {@code simulate} with its subcommands. */
public final class ScenarioCommands {

  /** Returns the command. */
  public static CommandLine commandLine(Terminal terminal, InputStream input) {
    return new CommandLine(new SimulateCommand(terminal, input))
        .addSubcommand(new SimulateRunCommand(terminal))
        .addSubcommand(new SimulateTuneCommand(terminal))
        .addSubcommand(new SimulateReplayCommand(terminal));
  }

  private ScenarioCommands() {}
}
