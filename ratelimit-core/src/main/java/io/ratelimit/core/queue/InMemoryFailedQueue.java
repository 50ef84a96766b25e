package io.ratelimit.core.queue;

import java.util.List;

/** The failed queue of an {@link InMemoryEventQueue}. */
final class InMemoryFailedQueue implements FailedQueue {

  private final Guard guard;
  private final QueueState state;

  InMemoryFailedQueue(Guard guard, QueueState state) {
    this.guard = guard;
    this.state = state;
  }

  @Override
  public List<FailedEvent> page(long afterSequence, int max) {
    Requirements.pageSize(max);
    return guard.locked(() -> state.failures(afterSequence, max));
  }

  @Override
  public List<FailedEvent> latest(int max) {
    Requirements.pageSize(max);
    return guard.locked(() -> state.latestFailures(max));
  }

  @Override
  public Redrive redrive(long sequence) {
    return guard.locked(() -> state.redrive(sequence), Redrive.REDRIVEN::equals);
  }

  @Override
  public RedriveReceipt redriveAll(long afterSequence, int max) {
    Requirements.pageSize(max);
    return guard.locked(
        () -> state.redriveAll(afterSequence, max), receipt -> receipt.redriven() > 0);
  }

  @Override
  public boolean purge(long sequence) {
    return guard.locked(() -> state.purge(sequence));
  }
}
