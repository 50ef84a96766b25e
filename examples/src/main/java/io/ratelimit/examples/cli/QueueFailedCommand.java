package io.ratelimit.examples.cli;

import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the failed queue. */
@Command(
    name = "failed",
    description = "Shows the events that were given up, and why.",
    footer = "  ratelimit queue failed --max 100 --json")
final class QueueFailedCommand extends QueueAction {

  @Mixin private PageOptions page = new PageOptions();

  /** One event, as {@code --json} prints it. */
  private record Failed(
      long sequence,
      String id,
      String type,
      String walletId,
      int attempts,
      Instant failedAt,
      String reason) {

    static Failed of(FailedEvent failed) {
      return new Failed(
          failed.sequence(),
          failed.event().id(),
          failed.event().type().name(),
          failed.event().walletId(),
          failed.attempts(),
          failed.failedAt(),
          failed.reason());
    }
  }

  QueueFailedCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    List<Failed> failed =
        queue.failedQueue().page(page.after(), page.max()).stream().map(Failed::of).toList();
    print(failed, lines(failed));
  }

  private List<String> lines(List<Failed> failed) {
    if (failed.isEmpty()) {
      return List.of("no " + (page.after() > 0 ? "further " : "") + "event has failed");
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("SEQUENCE", "ID", "TYPE", "WALLET", "ATTEMPTS", "FAILED", "REASON"));
    failed.forEach(
        event ->
            rows.add(
                List.of(
                    Long.toString(event.sequence()),
                    event.id(),
                    event.type(),
                    event.walletId(),
                    Integer.toString(event.attempts()),
                    event.failedAt().toString(),
                    event.reason())));
    return Texts.table(rows);
  }
}
