package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.RedisServerOptions;
import io.ratelimit.cli.shell.ResultOutput;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.redis.FoundQueues;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the queues. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Lists the queues in Redis; on a Cluster, those of all nodes. Creates none. Safe"
          + " on a busy server: it looks at a few thousand keys at a time, and at about a"
          + " million in total at most."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit queue list --json")
final class QueueListCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private RedisServerOptions redis = new RedisServerOptions();

  @Option(
      names = "--max",
      paramLabel = "N",
      defaultValue = "100",
      converter = Converters.PageSize.class,
      description = "How many to show at most. Default: ${DEFAULT-VALUE}.")
  private int max = 100;

  @Mixin private ResultOutput output = new ResultOutput();

  QueueListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    FoundQueues found = redis.findQueues(max);
    output.print(terminal, found, lines(found));
    return 0;
  }

  private static List<String> lines(FoundQueues found) {
    List<String> lines = new ArrayList<>(found.names());
    if (!found.complete()) {
      lines.add("there may be more");
    } else if (lines.isEmpty()) {
      lines.add("there is no queue");
    }
    return lines;
  }
}
