package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.RateLimitClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Changes how many workers a manager may use. */
@Command(
    name = "workers",
    description = "Changes how many workers a manager may use, from its next decision on.",
    footer = "  ratelimit workers audit-1 2 8")
public final class WorkersCommand extends OneManagerAction {

  @Parameters(
      index = "1",
      paramLabel = "MIN",
      converter = Converters.Workers.class,
      description = "The fewest.")
  private int min;

  @Parameters(
      index = "2",
      paramLabel = "MAX",
      converter = Converters.Workers.class,
      description = "The most.")
  private int max;

  public WorkersCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    if (min > max) {
      throw new InputException("MIN " + min + " must not be more than MAX " + max);
    }
    client.setWorkers(id(), min, max);
    print(
        new WorkerRange(min, max),
        List.of("Manager " + id() + ": " + min + " to " + max + " workers."));
    return 0;
  }
}
