package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.redis.RedisEventQueue;
import picocli.CommandLine.Command;

/** Discards waiting events. */
@Command(
    name = "cancel",
    description =
        "Discards waiting events, pending or delayed. An event that is being processed"
            + " continues and stays.",
    footer = "  ratelimit queue cancel event-17")
final class QueueCancelCommand extends QueueAmendment {

  QueueCancelCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Amendment amend(RedisEventQueue queue, String id) {
    return queue.cancel(id);
  }

  @Override
  String changed() {
    return "canceled";
  }
}
