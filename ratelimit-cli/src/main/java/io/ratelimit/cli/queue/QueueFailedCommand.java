package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.PageOptions;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.FailedView;
import io.ratelimit.redis.RedisEventQueue;
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

  QueueFailedCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    List<FailedView> failed =
        queue.failedQueue().page(page.after(), page.max()).stream().map(FailedView::of).toList();
    print(failed, lines(failed));
  }

  private List<String> lines(List<FailedView> failed) {
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
