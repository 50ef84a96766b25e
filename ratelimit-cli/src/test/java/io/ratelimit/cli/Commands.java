package io.ratelimit.cli;

import io.ratelimit.cli.config.Configuration;
import io.ratelimit.cli.config.ConfiguredDefaults;
import io.ratelimit.cli.shell.Terminal;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The parser of the command line, for tests of texts that refer to it. */
public final class Commands {

  /** Returns why the parser rejects arguments, if it does. */
  public static Optional<String> refusal(List<String> arguments) {
    try {
      commandLine(Map.of()).parseArgs(arguments.toArray(String[]::new));
      return Optional.empty();
    } catch (ParameterException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }

  /** Returns the variables of an environment that no option of a command reads. */
  public static Set<String> unknownVariables(Map<String, String> environment, String command) {
    Set<String> unknown = new TreeSet<>(environment.keySet());
    Configuration configuration = Configuration.of(environment);
    CommandSpec spec = commandLine(environment).getSubcommands().get(command).getCommandSpec();
    for (OptionSpec option : spec.options()) {
      configuration
          .find(spec, option)
          .ifPresent(setting -> unknown.removeIf(name -> setting.source().endsWith(" " + name)));
      String described = String.join(" ", option.description());
      unknown.removeIf(name -> described.matches(".*\\b" + name + "\\b.*"));
    }
    return unknown;
  }

  private static CommandLine commandLine(Map<String, String> environment) {
    Terminal terminal = CommandRun.plainTerminal();
    Configuration configuration = Configuration.of(environment);
    CommandLine commandLine = Cli.commands(terminal, InputStream.nullInputStream(), configuration);
    ConfiguredDefaults.use(configuration, commandLine);
    return commandLine;
  }

  private Commands() {}
}
