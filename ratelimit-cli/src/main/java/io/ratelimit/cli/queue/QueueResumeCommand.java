package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.redis.RedisEventQueue;
import picocli.CommandLine.Command;

/** Ends a pause. */
@Command(
    name = "resume",
    description = "Ends a pause. Without one, it changes nothing.",
    footer = "  ratelimit queue resume")
final class QueueResumeCommand extends QueueAction {

  QueueResumeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    queue.limitControl().resume();
    printState(queue);
  }
}
