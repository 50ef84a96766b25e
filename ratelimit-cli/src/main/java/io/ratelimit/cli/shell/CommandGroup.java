package io.ratelimit.cli.shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command with subcommands; by itself, it lists them. */
@Command
public abstract class CommandGroup implements Runnable {

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything is run.
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; they are " + names(spec));
  }

  /** Returns the names of the subcommands. */
  public static String names(CommandSpec spec) {
    return String.join(", ", spec.subcommands().keySet());
  }
}
