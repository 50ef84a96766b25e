package io.ratelimit.micrometer;

import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.core.queue.FailedQueue.RedriveReceipt;
import java.util.List;

/** Times calls to a failed queue. */
record MeteredFailedQueue(FailedQueue failed, StoreCalls calls) implements FailedQueue {

  @Override
  public List<FailedEvent> page(long afterSequence, int max) {
    return calls.timed("failed-page", () -> failed.page(afterSequence, max));
  }

  @Override
  public List<FailedEvent> latest(int max) {
    return calls.timed("failed-latest", () -> failed.latest(max));
  }

  @Override
  public Redrive redrive(long sequence) {
    return calls.timed("redrive", () -> failed.redrive(sequence));
  }

  @Override
  public RedriveReceipt redriveAll(long afterSequence, int max) {
    return calls.timed("redrive-all", () -> failed.redriveAll(afterSequence, max));
  }

  @Override
  public boolean purge(long sequence) {
    return calls.timed("purge", () -> failed.purge(sequence));
  }
}
