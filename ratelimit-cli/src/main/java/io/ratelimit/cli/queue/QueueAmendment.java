package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.redis.RedisEventQueue;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A change of waiting events. */
@Command
abstract class QueueAmendment extends QueueAction {

  @Parameters(paramLabel = "ID", arity = "1..*", description = "The ids of the events.")
  private List<String> ids = new ArrayList<>();

  /** The JSON output. */
  private record Result(int changed, List<String> leased, List<String> notFound) {}

  QueueAmendment(Terminal terminal) {
    super(terminal);
  }

  abstract Amendment amend(RedisEventQueue queue, String id);

  /** Returns a verb for what happened to a changed event. */
  abstract String changed();

  @Override
  void run(RedisEventQueue queue) {
    int changed = 0;
    List<String> leased = new ArrayList<>();
    List<String> notFound = new ArrayList<>();
    for (String id : ids) {
      switch (amend(queue, id)) {
        case MADE -> changed++;
        case LEASED -> leased.add(id);
        case NOT_FOUND -> notFound.add(id);
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(Texts.count(changed, "event") + " " + changed());
    leased.forEach(id -> lines.add("event " + id + " is being processed, and stays as it is"));
    notFound.forEach(id -> lines.add("no unfinished event has the id " + id));
    print(new Result(changed, leased, notFound), lines);
  }
}
