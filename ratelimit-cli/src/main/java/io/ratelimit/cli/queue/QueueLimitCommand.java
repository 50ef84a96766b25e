package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Changes the limit. */
@Command(
    name = "limit",
    description = {
      "Changes the limit for every process, from the next take on. Starts already made"
          + " count against the new limit."
    },
    footer = "  ratelimit queue limit 30/m")
final class QueueLimitCommand extends QueueAction {

  @Parameters(
      paramLabel = "RATE",
      converter = Converters.Limit.class,
      description = "The limit: starts per period, like 20/m or \"100/30s burst 5 margin 1s\".")
  private RateLimit limit = RateLimit.of(20).perMinute();

  QueueLimitCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    queue.limitControl().changeLimit(limit);
    printState(queue);
  }
}
