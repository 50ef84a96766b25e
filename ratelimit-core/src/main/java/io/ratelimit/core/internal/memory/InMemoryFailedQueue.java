package io.ratelimit.core.internal.memory;

import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.Redrive;
import io.ratelimit.core.queue.RedriveReceipt;
import java.util.List;

/** The failed queue of an {@code InMemoryEventQueue}. */
public final class InMemoryFailedQueue implements FailedQueue {

  private final Guard guard;
  private final QueueState state;

  public InMemoryFailedQueue(Guard guard, QueueState state) {
    this.guard = guard;
    this.state = state;
  }

  @Override
  public List<FailedEvent> page(long afterSequence, int max) {
    Pages.size(max);
    return guard.locked(() -> state.failures(afterSequence, max));
  }

  @Override
  public List<FailedEvent> latest(int max) {
    Pages.size(max);
    return guard.locked(() -> state.latestFailures(max));
  }

  @Override
  public Redrive redrive(long sequence) {
    return guard.locked(() -> state.redrive(sequence), Redrive.REDRIVEN::equals);
  }

  @Override
  public RedriveReceipt redriveAll(long afterSequence, int max) {
    Pages.size(max);
    return guard.locked(
        () -> state.redriveAll(afterSequence, max), receipt -> receipt.redriven() > 0);
  }

  @Override
  public boolean purge(long sequence) {
    return guard.locked(() -> state.purge(sequence));
  }
}
