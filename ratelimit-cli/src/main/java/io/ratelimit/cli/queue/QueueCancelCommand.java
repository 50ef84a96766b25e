package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.queue.Amendment;
import io.ratelimit.redis.RedisEventQueue;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Discards events that wait. */
@Command(
    name = "cancel",
    description =
        "Discards events that wait, pending or delayed. One that is being processed goes on, and"
            + " stays.",
    footer = "  ratelimit queue cancel event-17")
final class QueueCancelCommand extends QueueAction {

  @Parameters(paramLabel = "ID", arity = "1..*", description = "The ids of the events.")
  private List<String> ids = new ArrayList<>();

  /** What {@code --json} prints. */
  private record Result(int cancelled, List<String> leased, List<String> notFound) {}

  QueueCancelCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    int cancelled = 0;
    List<String> leased = new ArrayList<>();
    List<String> notFound = new ArrayList<>();
    for (String id : ids) {
      Amendment amendment = queue.cancel(id);
      cancelled += amendment == Amendment.MADE ? 1 : 0;
      if (amendment == Amendment.LEASED) {
        leased.add(id);
      } else if (amendment == Amendment.NOT_FOUND) {
        notFound.add(id);
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(Texts.count(cancelled, "event") + " cancelled");
    leased.forEach(id -> lines.add("event " + id + " is being processed, and stays"));
    notFound.forEach(id -> lines.add("no unfinished event has the id " + id));
    print(new Result(cancelled, leased, notFound), lines);
  }
}
