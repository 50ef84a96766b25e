package io.ratelimit.core.internal.engine;

import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.ForwardingEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A queue whose store a test can take away and bring back. */
public final class FaultyQueue extends ForwardingEventQueue {

  private volatile boolean down;
  private final AtomicInteger lostAnswers = new AtomicInteger();

  public FaultyQueue(EventQueue queue) {
    super(queue);
  }

  /** Sets whether all calls fail from now on. */
  public void setDown(boolean down) {
    this.down = down;
  }

  /**
   * Loses the answers of this many takes that hand out events, or acquisitions; they still take
   * effect.
   */
  public void loseAnswersOfTakes(int count) {
    lostAnswers.set(count);
  }

  public boolean hasLostAllAnswers() {
    return lostAnswers.get() <= 0;
  }

  private <T> T unlessDown(Supplier<T> call) {
    if (down) {
      throw unavailable();
    }
    return call.get();
  }

  private static QueueUnavailableException unavailable() {
    return new QueueUnavailableException("the store is away", new IllegalStateException("test"));
  }

  @Override
  public TakeResult take(TakeRequest request) {
    TakeResult result = unlessDown(() -> super.take(request));
    if (result instanceof TakeResult.Taken && lostAnswers.getAndDecrement() > 0) {
      throw unavailable();
    }
    return result;
  }

  @Override
  public List<AcquireResult> acquire(List<AcquireRequest> requests) {
    List<AcquireResult> results = unlessDown(() -> super.acquire(requests));
    if (results.stream().anyMatch(AcquireResult.Granted.class::isInstance)
        && lostAnswers.getAndDecrement() > 0) {
      throw unavailable();
    }
    return results;
  }

  @Override
  public CorrectionReceipt correct(Lease lease, Costs costs) {
    return unlessDown(() -> super.correct(lease, costs));
  }

  @Override
  public CorrectionReceipt correct(
      AcquireRequest request, AcquireResult.Granted granted, int cost) {
    return unlessDown(() -> super.correct(request, granted, cost));
  }

  @Override
  public Settlement ack(Lease lease) {
    return unlessDown(() -> super.ack(lease));
  }

  @Override
  public Settlement retry(Lease lease, Duration delay, String reason) {
    return unlessDown(() -> super.retry(lease, delay, reason));
  }

  @Override
  public Settlement fail(Lease lease, String reason) {
    return unlessDown(() -> super.fail(lease, reason));
  }

  @Override
  public Settlement release(Lease lease) {
    return unlessDown(() -> super.release(lease));
  }

  @Override
  public Settlement extend(Lease lease, Duration duration) {
    return unlessDown(() -> super.extend(lease, duration));
  }

  @Override
  public QueueStats stats() {
    return unlessDown(super::stats);
  }

  @Override
  public Amendment cancel(String id) {
    return unlessDown(() -> super.cancel(id));
  }

  @Override
  public Amendment reprioritize(String id, Priority priority) {
    return unlessDown(() -> super.reprioritize(id, priority));
  }

  @Override
  public Subscription onChange(Runnable listener) {
    return unlessDown(() -> super.onChange(listener));
  }
}
