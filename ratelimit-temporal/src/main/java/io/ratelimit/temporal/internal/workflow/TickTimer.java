package io.ratelimit.temporal.internal.workflow;

import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.TreeSet;

/**
 * Schedules the next tick. For workflow code.
 *
 * <p>Timers are never cancelled: one that fires before the tick is due is followed by another for
 * the remaining time. That adds less history than cancelling, and Temporal's test server halts a
 * workflow that cancels a timer just as it fires.
 */
final class TickTimer {

  private static final long NEVER = Long.MAX_VALUE;

  private final Runnable onDue;
  private final TreeSet<Long> running = new TreeSet<>();
  private long dueAtMillis = NEVER;
  private Duration late = Duration.ZERO;

  /**
   * @param onDue what to do when a tick is due
   */
  TickTimer(Runnable onDue) {
    this.onDue = onDue;
  }

  /** Replaces the time of the next tick. */
  void setDueIn(Duration wait) {
    dueAtMillis = Workflow.currentTimeMillis() + Math.max(1, wait.toMillis());
    runUntilDue();
  }

  /** Cancels the next tick. */
  void stop() {
    dueAtMillis = NEVER;
  }

  /** Returns how late the last tick was noticed, once. */
  Duration late() {
    Duration told = late;
    late = Duration.ZERO;
    return told;
  }

  private void runUntilDue() {
    if (!running.isEmpty() && running.first() <= dueAtMillis) {
      return;
    }
    long firesAt = dueAtMillis;
    running.add(firesAt);
    Promise<Void> unused =
        Workflow.newTimer(Duration.ofMillis(firesAt - Workflow.currentTimeMillis()))
            .handle(
                (elapsed, cancelled) -> {
                  running.remove(firesAt);
                  if (cancelled == null && dueAtMillis != NEVER) {
                    fired();
                  }
                  return null;
                });
  }

  private void fired() {
    if (Workflow.currentTimeMillis() >= dueAtMillis) {
      late = Duration.ofMillis(Workflow.currentTimeMillis() - dueAtMillis);
      dueAtMillis = NEVER;
      onDue.run();
    } else {
      runUntilDue();
    }
  }
}
