package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.TemporalOptions;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.ResultOutput;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** An action on managers in Temporal. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n")
abstract class ManagerAction implements Callable<Integer> {

  final Terminal terminal;

  @Option(
      names = "--queue",
      paramLabel = "NAME",
      defaultValue = RateLimitWorker.DEFAULT_TASK_QUEUE,
      description = "The name of the managers' queue. Default: ${DEFAULT-VALUE}.")
  private String queue = RateLimitWorker.DEFAULT_TASK_QUEUE;

  @Mixin private TemporalOptions temporal = new TemporalOptions();

  @Mixin private ResultOutput output = new ResultOutput();

  ManagerAction(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (RateLimitClient client = temporal.connect(queue())) {
      return run(client);
    }
  }

  /** Returns the name of the managers' queue. */
  String queue() {
    if (queue.isBlank()) {
      throw new InputException("--queue must not be blank");
    }
    return queue;
  }

  String taskQueue() {
    return temporal.taskQueue(queue());
  }

  /** Runs the action, and returns the exit code. */
  abstract int run(RateLimitClient client);

  /** Prints a result as JSON, or as lines for people. */
  void print(Object result, Iterable<String> lines) {
    output.print(terminal, result, lines);
  }
}
