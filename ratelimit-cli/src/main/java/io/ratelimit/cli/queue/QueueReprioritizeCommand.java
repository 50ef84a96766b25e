package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.redis.RedisEventQueue;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Changes the priority of waiting events. */
@Command(
    name = "reprioritize",
    description =
        "Changes the priority of waiting events, pending or delayed. An event that is"
            + " being processed does not change.",
    footer = "  ratelimit queue reprioritize --priority high event-17")
final class QueueReprioritizeCommand extends QueueAmendment {

  @Option(
      names = "--priority",
      required = true,
      paramLabel = "PRIORITY",
      converter = Converters.PriorityName.class,
      description = "The new priority: high, normal or low.")
  private Priority priority = Priority.NORMAL;

  QueueReprioritizeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  Amendment amend(RedisEventQueue queue, String id) {
    return queue.reprioritize(id, priority);
  }

  @Override
  String changed() {
    return "of " + priority.name().toLowerCase(Locale.ROOT) + " priority now";
  }
}
