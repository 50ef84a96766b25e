package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.TemporalOptions;
import io.ratelimit.cli.shell.ResultOutput;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.temporal.RateLimitClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Something to do with managers in Temporal. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n")
abstract class ManagerAction implements Callable<Integer> {

  final Terminal terminal;

  @Mixin TemporalOptions temporal = new TemporalOptions();

  @Mixin private ResultOutput output = new ResultOutput();

  ManagerAction(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (RateLimitClient client = temporal.connect()) {
      return run(client);
    }
  }

  /** Does it; the exit code. */
  abstract int run(RateLimitClient client);

  /** Prints a result for a script, or the lines that say the same to a person. */
  void print(Object result, Iterable<String> lines) {
    output.print(terminal, result, lines);
  }
}
