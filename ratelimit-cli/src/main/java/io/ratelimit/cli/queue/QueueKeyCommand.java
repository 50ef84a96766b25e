package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.redis.RedisEventQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows one key of a named limit. */
@Command(
    name = "key",
    description = "Shows the state of one key of a named limit.",
    footer = "  ratelimit queue key orders account-7")
final class QueueKeyCommand extends QueueAction {

  @Parameters(index = "0", paramLabel = "LIMIT", description = "The name of the limit.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "KEY",
      arity = "0..1",
      description = "The key. Without it, the limit must be one that all share.")
  private @Nullable String key;

  QueueKeyCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    printKey(queue, NamedLimits.require(queue.namedLimitControl(), name, key));
  }
}
