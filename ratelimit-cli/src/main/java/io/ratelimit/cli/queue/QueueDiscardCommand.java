package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.FailedSearch;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.redis.RedisEventQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Discards failed events. */
@Command(
    name = "discard",
    description = "Discards failed events for good.",
    footer = {
      "  ratelimit queue discard 17 18 --yes",
      "  ratelimit queue discard --reason \"no such wallet\" --yes"
    })
final class QueueDiscardCommand extends QueueAction {

  @ArgGroup(multiplicity = "1")
  private FailedEvents which = new FailedEvents();

  @Option(
      names = "--yes",
      description = "Required, because discarded events cannot be brought back.")
  private boolean confirmed;

  /** The JSON output. */
  private record Result(long discarded, List<Long> notFound, long lookedAt) {}

  QueueDiscardCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    if (!confirmed) {
      throw new InputException(
          "this would discard "
              + Texts.count(meant(queue), "failed event")
              + " of "
              + redis.namespace()
              + " for good; add --yes to do it");
    }
    Result result = discard(queue);
    print(result, List.of(Texts.count(result.discarded(), "failed event") + " discarded"));
    requireFound(result.notFound());
  }

  private long meant(RedisEventQueue queue) {
    if (which.isAll()) {
      return queue.stats().failed();
    }
    if (!which.sequences().isEmpty()) {
      FailedQueue failed = queue.failedQueue();
      return which.sequences().stream().filter(one -> find(failed, one).isPresent()).count();
    }
    return forEachMatching(queue, event -> {}).matching();
  }

  private Result discard(RedisEventQueue queue) {
    if (which.isAll()) {
      long discarded = queue.clear(ClearScope.FAILED).failed();
      return new Result(discarded, List.of(), discarded);
    }
    FailedQueue failed = queue.failedQueue();
    if (which.sequences().isEmpty()) {
      AtomicLong discarded = new AtomicLong();
      FailedSearch.Looked looked =
          forEachMatching(
              queue, event -> discarded.addAndGet(failed.purge(event.sequence()) ? 1 : 0));
      return new Result(discarded.get(), List.of(), looked.lookedAt());
    }
    List<Long> notFound = new ArrayList<>();
    for (long sequence : which.sequences()) {
      if (!failed.purge(sequence)) {
        notFound.add(sequence);
      }
    }
    int asked = which.sequences().size();
    return new Result(asked - notFound.size(), notFound, asked);
  }

  private FailedSearch.Looked forEachMatching(RedisEventQueue queue, Consumer<FailedEvent> action) {
    return new FailedSearch(queue.failedQueue(), which.matching().filter())
        .forEach(queue.stats().published(), action);
  }
}
