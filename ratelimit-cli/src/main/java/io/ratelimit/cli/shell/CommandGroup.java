package io.ratelimit.cli.shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only has others below it: by itself it says which. */
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

  /** Returns the commands below one. */
  public static String names(CommandSpec spec) {
    return String.join(", ", spec.subcommands().keySet());
  }
}
