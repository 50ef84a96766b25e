package io.ratelimit.core.internal.memory;

import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.core.queue.FailedQueue.RedriveReceipt;
import java.util.List;

/** The failed queue of a queue behind a guard. */
public final class GuardedFailedQueue implements FailedQueue {

  private final Guard guard;

  public GuardedFailedQueue(Guard guard) {
    this.guard = guard;
  }

  @Override
  public List<FailedEvent> page(long afterSequence, int max) {
    Pages.size(max);
    return guard.locked(state -> state.failures(afterSequence, max));
  }

  @Override
  public List<FailedEvent> latest(int max) {
    Pages.size(max);
    return guard.locked(state -> state.latestFailures(max));
  }

  @Override
  public Redrive redrive(long sequence) {
    return guard.locked(state -> state.redrive(sequence), Redrive.REDRIVEN::equals);
  }

  @Override
  public RedriveReceipt redriveAll(long afterSequence, int max) {
    Pages.size(max);
    return guard.locked(
        state -> state.redriveAll(afterSequence, max), receipt -> receipt.redriven() > 0);
  }

  @Override
  public boolean purge(long sequence) {
    return guard.locked(state -> state.purge(sequence));
  }
}
