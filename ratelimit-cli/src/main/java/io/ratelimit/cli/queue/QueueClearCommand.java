package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.QueueView;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.redis.RedisEventQueue;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Discards events. */
@Command(
    name = "clear",
    description = {
      "Discards events for good. Events held by workers stay, and so does the limit"
          + " with its record of starts."
    },
    footer = "  ratelimit queue clear failed --yes")
final class QueueClearCommand extends QueueAction {

  @Parameters(
      paramLabel = "SCOPE",
      converter = Converters.Scope.class,
      description = "What to discard: pending (including delayed events), failed, or all.")
  private ClearScope scope = ClearScope.ALL;

  @Option(
      names = "--yes",
      description = "Required, because discarded events cannot be brought back.")
  private boolean confirmed;

  QueueClearCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    if (!confirmed) {
      QueueView view = QueueView.of(redis.namespace(), queue.stats());
      long pending = scope.includesPending() ? view.pending() + view.delayed() : 0;
      long failed = scope.includesFailed() ? view.failed() : 0;
      throw new InputException(
          "this would discard "
              + Texts.count(pending, "waiting event")
              + " and "
              + Texts.count(failed, "failed event")
              + " of "
              + redis.namespace()
              + " for good; add --yes to do it");
    }
    ClearReceipt receipt = queue.clear(scope);
    print(
        receipt,
        List.of(
            "discarded "
                + receipt.pending()
                + " pending, "
                + receipt.delayed()
                + " delayed and "
                + receipt.failed()
                + " failed events"));
  }
}
