package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.FailedSearch;
import io.ratelimit.cli.watch.RedriveTotals;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.redis.RedisEventQueue;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Brings failed events back. */
@Command(
    name = "redrive",
    description =
        "Brings failed events back with a new count of attempts. An event whose id is"
            + " unfinished stays failed, and so does an unreadable one.",
    footer = {
      "  ratelimit queue redrive 17 18",
      "  ratelimit queue redrive --wallet w-7 --reason \"HTTP 503\""
    })
final class QueueRedriveCommand extends QueueAction {

  @ArgGroup(multiplicity = "1")
  private FailedEvents which = new FailedEvents();

  /** The JSON output. */
  private record Result(
      int redriven, int duplicates, int unreadable, List<Long> notFound, long lookedAt) {}

  QueueRedriveCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    Result result = redrive(queue);
    List<String> lines = new ArrayList<>();
    lines.add(
        Texts.count(result.redriven(), "event")
            + " redriven"
            + (result.duplicates() == 0
                ? ""
                : ", " + result.duplicates() + " left because their ids are unfinished")
            + (result.unreadable() == 0
                ? ""
                : ", " + result.unreadable() + " left because they cannot be read"));
    print(result, lines);
    requireFound(result.notFound());
  }

  private Result redrive(RedisEventQueue queue) {
    if (which.isAll()) {
      return all(queue.failedQueue());
    }
    return which.sequences().isEmpty() ? matching(queue) : these(queue.failedQueue());
  }

  private static Result all(FailedQueue failed) {
    RedriveTotals totals = RedriveTotals.ofAll(failed);
    return new Result(
        totals.redriven(), totals.duplicates(), totals.unreadable(), List.of(), totals.lookedAt());
  }

  private Result matching(RedisEventQueue queue) {
    Tally tally = new Tally(queue.failedQueue());
    FailedSearch.Looked looked =
        new FailedSearch(queue.failedQueue(), which.matching().filter())
            .forEach(queue.stats().published(), event -> tally.redrive(event.sequence()));
    return tally.result(looked.lookedAt());
  }

  private Result these(FailedQueue failed) {
    Tally tally = new Tally(failed);
    which.sequences().forEach(tally::redrive);
    return tally.result(which.sequences().size());
  }

  private static final class Tally {
    private final FailedQueue failed;
    private int redriven;
    private int duplicates;
    private int unreadable;
    private final List<Long> notFound = new ArrayList<>();

    Tally(FailedQueue failed) {
      this.failed = failed;
    }

    void redrive(long sequence) {
      Redrive redrive = failed.redrive(sequence);
      redriven += redrive == Redrive.REDRIVEN ? 1 : 0;
      duplicates += redrive == Redrive.DUPLICATE ? 1 : 0;
      unreadable += redrive == Redrive.UNREADABLE ? 1 : 0;
      if (redrive == Redrive.NOT_FOUND) {
        notFound.add(sequence);
      }
    }

    Result result(long lookedAt) {
      return new Result(redriven, duplicates, unreadable, notFound, lookedAt);
    }
  }
}
