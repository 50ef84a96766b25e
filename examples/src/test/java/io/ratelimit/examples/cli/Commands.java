package io.ratelimit.examples.cli;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The command line as its parser sees it, for what refers to it elsewhere. */
public final class Commands {

  /** Why the parser refuses arguments, if it does. */
  public static Optional<String> refusal(List<String> arguments) {
    try {
      commandLine().parseArgs(arguments.toArray(String[]::new));
      return Optional.empty();
    } catch (ParameterException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }

  private static CommandLine commandLine() {
    Terminal terminal = CommandRun.plainTerminal();
    Configuration nothing = Configuration.of(Map.of());
    CommandLine commandLine = Cli.commands(terminal, InputStream.nullInputStream(), nothing);
    ConfiguredDefaults.use(nothing, commandLine);
    return commandLine;
  }

  private Commands() {}
}
