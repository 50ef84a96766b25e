package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.redis.RedisEventQueue;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends a pause. */
@Command(
    name = "resume",
    description =
        "Ends a pause of the queue or of one key of a named limit. If there is no"
            + " pause, nothing changes.",
    footer = {"  ratelimit queue resume", "  ratelimit queue resume orders account-7"})
final class QueueResumeCommand extends QueueAction {

  @Mixin private PausedKey key = new PausedKey();

  QueueResumeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    Optional<LimitKey> paused = key.in(queue.namedLimitControl());
    if (paused.isPresent()) {
      queue.namedLimitControl().resume(paused.get());
      printKey(queue, paused.get());
    } else {
      queue.limitControl().resume();
      printState(queue);
    }
  }
}
