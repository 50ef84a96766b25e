package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.redis.RedisEventQueue;
import picocli.CommandLine.Command;

/** Shows what a queue holds. */
@Command(
    name = "stats",
    description = "Shows what the queue holds, and its limit. Safe on a busy queue of any length.",
    footer = "  ratelimit queue stats --queue audit --json")
final class QueueStatsCommand extends QueueAction {

  QueueStatsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    printState(queue);
  }
}
