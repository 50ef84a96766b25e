package io.ratelimit.cli.monitor;

import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.RedriveTotals;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueException;
import java.util.concurrent.CompletableFuture;

/** The actions of the live screen, which is redrawn meanwhile, however long they take. */
final class MonitorActions {

  private final EventQueue queue;

  MonitorActions(EventQueue queue) {
    this.queue = queue;
  }

  /** Starts an action; the future always completes normally, with the result as text. */
  CompletableFuture<String> start(ScreenState.Action action) {
    return CompletableFuture.supplyAsync(() -> result(action));
  }

  private String result(ScreenState.Action action) {
    try {
      return switch (action) {
        case PAUSE -> {
          queue.limitControl().pause();
          yield "Paused: nothing starts until somebody resumes";
        }
        case RESUME -> {
          queue.limitControl().resume();
          yield "Resumed";
        }
        case REDRIVE -> {
          RedriveTotals totals = RedriveTotals.ofAll(queue.failedQueue());
          yield Texts.count(totals.redriven(), "event")
              + " redriven"
              + (totals.duplicates() + totals.unreadable() == 0
                  ? ""
                  : ", " + (totals.duplicates() + totals.unreadable()) + " stay failed");
        }
        case QUIT -> "";
      };
    } catch (QueueException | IllegalStateException failure) {
      return "It failed: " + Causes.told(failure);
    }
  }
}
