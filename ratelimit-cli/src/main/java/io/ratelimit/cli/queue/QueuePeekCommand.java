package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.PageOptions;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows waiting events without taking them. */
@Command(
    name = "peek",
    description = "Shows waiting events of one priority in order, without taking them.",
    footer = "  ratelimit queue peek --priority high --max 5")
final class QueuePeekCommand extends QueueAction {

  @Option(
      names = "--priority",
      paramLabel = "PRIORITY",
      defaultValue = "normal",
      converter = Converters.PriorityName.class,
      description = "The priority: high, normal or low. Default: ${DEFAULT-VALUE}.")
  private Priority priority = Priority.NORMAL;

  @Mixin private PageOptions page = new PageOptions();

  /** An event in the JSON output. */
  record Waiting(
      long sequence,
      String id,
      String type,
      String walletId,
      String payload,
      int weight,
      int attempts,
      Instant publishedAt) {

    static Waiting of(QueuedEvent queued) {
      return new Waiting(
          queued.sequence(),
          queued.event().id(),
          queued.event().type().name(),
          queued.event().walletId(),
          queued.event().payload().text(),
          queued.event().weight(),
          queued.attempts(),
          queued.publishedAt());
    }
  }

  QueuePeekCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    List<Waiting> waiting =
        queue.peek(priority, page.after(), page.max()).stream().map(Waiting::of).toList();
    print(waiting, lines(waiting));
  }

  private List<String> lines(List<Waiting> waiting) {
    if (waiting.isEmpty()) {
      return List.of(
          "no "
              + (page.after() > 0 ? "further " : "")
              + "event of "
              + priority.name().toLowerCase(Locale.ROOT)
              + " priority waits");
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("SEQUENCE", "ID", "TYPE", "WALLET", "ATTEMPTS", "PUBLISHED"));
    waiting.forEach(
        event ->
            rows.add(
                List.of(
                    Long.toString(event.sequence()),
                    event.id(),
                    event.type(),
                    event.walletId(),
                    Integer.toString(event.attempts()),
                    event.publishedAt().toString())));
    return Texts.table(rows);
  }
}
