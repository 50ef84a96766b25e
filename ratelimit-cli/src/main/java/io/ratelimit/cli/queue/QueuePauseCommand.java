package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Pauses all starts. */
@Command(
    name = "pause",
    description = "Lets no process start anything, for a time or until it is resumed.",
    footer = "  ratelimit queue pause --for 5m")
final class QueuePauseCommand extends QueueAction {

  @Option(
      names = "--for",
      paramLabel = "TIME",
      converter = Converters.Deadline.class,
      description = "For how long. Without it: until ratelimit queue resume.")
  private @Nullable Duration duration;

  QueuePauseCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    if (duration == null) {
      queue.limitControl().pause();
    } else {
      queue.limitControl().pauseFor(duration);
    }
    printState(queue);
  }
}
