package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.Redrive;
import io.ratelimit.core.queue.RedriveReceipt;
import io.ratelimit.redis.RedisEventQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings failed events back. */
@Command(
    name = "redrive",
    description =
        "Brings failed events back, with their attempts counted anew. One whose id is unfinished"
            + " stays failed, and so does one that cannot be read.",
    footer = "  ratelimit queue redrive 17 18")
final class QueueRedriveCommand extends QueueAction {

  @ArgGroup(multiplicity = "1")
  private Which which = new Which();

  /** Which events. */
  static final class Which {
    @Option(names = "--all", required = true, description = "All failed events.")
    private boolean all;

    @Parameters(
        paramLabel = "SEQUENCE",
        arity = "1..*",
        converter = Converters.Sequence.class,
        description = "Their sequence numbers, as ratelimit queue failed shows them.")
    private List<Long> sequences = new ArrayList<>();
  }

  /** What {@code --json} prints. */
  private record Result(int redriven, int duplicates, int unreadable, List<Long> notFound) {}

  QueueRedriveCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    Result result =
        which.all ? all(queue.failedQueue()) : these(queue.failedQueue(), which.sequences);
    List<String> lines = new ArrayList<>();
    lines.add(
        Texts.count(result.redriven(), "event")
            + " redriven"
            + (result.duplicates() == 0
                ? ""
                : ", " + result.duplicates() + " left since their ids are unfinished")
            + (result.unreadable() == 0
                ? ""
                : ", " + result.unreadable() + " left since they cannot be read"));
    result.notFound().forEach(sequence -> lines.add("no failed event has the number " + sequence));
    print(result, lines);
  }

  private static Result all(FailedQueue failed) {
    int redriven = 0;
    int duplicates = 0;
    int unreadable = 0;
    OptionalLong next = OptionalLong.of(0);
    while (next.isPresent()) {
      RedriveReceipt receipt = failed.redriveAll(next.getAsLong(), EventQueue.MAX_PAGE);
      redriven += receipt.redriven();
      duplicates += receipt.duplicates();
      unreadable += receipt.unreadable();
      next = receipt.next();
    }
    return new Result(redriven, duplicates, unreadable, List.of());
  }

  private static Result these(FailedQueue failed, List<Long> sequences) {
    int redriven = 0;
    int duplicates = 0;
    int unreadable = 0;
    List<Long> notFound = new ArrayList<>();
    for (long sequence : sequences) {
      Redrive redrive = failed.redrive(sequence);
      redriven += redrive == Redrive.REDRIVEN ? 1 : 0;
      duplicates += redrive == Redrive.DUPLICATE ? 1 : 0;
      unreadable += redrive == Redrive.UNREADABLE ? 1 : 0;
      if (redrive == Redrive.NOT_FOUND) {
        notFound.add(sequence);
      }
    }
    return new Result(redriven, duplicates, unreadable, notFound);
  }
}
