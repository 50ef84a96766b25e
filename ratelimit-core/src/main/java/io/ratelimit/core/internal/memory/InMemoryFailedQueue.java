package io.ratelimit.core.internal.memory;

import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.Redrive;
import io.ratelimit.core.queue.RedriveReceipt;
import io.ratelimit.core.time.Time;
import java.util.List;

/** The failed queue of an {@code InMemoryEventQueue}. */
public final class InMemoryFailedQueue implements FailedQueue {

  private final Guard guard;
  private final QueueState state;
  private final Time time;

  public InMemoryFailedQueue(Guard guard, QueueState state, Time time) {
    this.guard = guard;
    this.state = state;
    this.time = time;
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
    return guard.locked(() -> state.redrive(sequence, time.now()), Redrive.REDRIVEN::equals);
  }

  @Override
  public RedriveReceipt redriveAll(long afterSequence, int max) {
    Pages.size(max);
    return guard.locked(
        () -> state.redriveAll(afterSequence, max, time.now()), receipt -> receipt.redriven() > 0);
  }

  @Override
  public boolean purge(long sequence) {
    return guard.locked(() -> state.purge(sequence));
  }
}
