package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Pauses all starts, or those of one key. */
@Command(
    name = "pause",
    description =
        "Stops all starts, or those of one key of a named limit, in every process, for"
            + " a time or until you resume.",
    footer = {"  ratelimit queue pause --for 5m", "  ratelimit queue pause orders account-7"})
final class QueuePauseCommand extends QueueAction {

  @Mixin private PausedKey key = new PausedKey();

  @Option(
      names = "--for",
      paramLabel = "TIME",
      converter = Converters.Deadline.class,
      description = "How long to pause. Without it, until ratelimit queue resume.")
  private @Nullable Duration duration;

  QueuePauseCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    Optional<LimitKey> paused = key.in(queue.namedLimitControl());
    if (paused.isPresent()) {
      pause(queue.namedLimitControl(), paused.get());
      printKey(queue, paused.get());
      return;
    }
    if (duration == null) {
      queue.limitControl().pause();
    } else {
      queue.limitControl().pauseFor(duration);
    }
    printState(queue);
  }

  private void pause(NamedLimitControl control, LimitKey paused) {
    if (duration == null) {
      control.pause(paused);
    } else {
      control.pauseFor(paused, duration);
    }
  }
}
