package io.ratelimit.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.AckedAndTaken;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.ForwardingEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * A queue that passes calls on to another queue and times them: {@code ratelimit.queue.calls}, by
 * operation and outcome ({@code ok}, {@code unavailable} for a {@link
 * io.ratelimit.core.queue.QueueUnavailableException}, {@code error} for anything else that is
 * thrown). Calls to its failed queue and its limit are timed as well.
 *
 * <pre>{@code
 * EventQueue queue = MeteredEventQueue.of(registry, "audits", RedisEventQueue.connect(…));
 * }</pre>
 *
 * <p>Changes nothing else: every call and its result is passed on unchanged, in the calling thread.
 * Subscriptions are not timed. As thread-safe as the other queue.
 */
public final class MeteredEventQueue extends ForwardingEventQueue {

  private final StoreCalls calls;

  private MeteredEventQueue(EventQueue queue, StoreCalls calls) {
    super(queue);
    this.calls = calls;
  }

  /**
   * Times the calls to a queue.
   *
   * @param registry has the timers
   * @param queueName the value of their tag {@code queue}
   * @param queue the queue that is called; closing this one closes it
   */
  public static MeteredEventQueue of(MeterRegistry registry, String queueName, EventQueue queue) {
    return new MeteredEventQueue(queue, new StoreCalls(registry, queueName));
  }

  @Override
  public PublishReceipt publish(Collection<AuditEvent> events, PublishTerms terms) {
    return calls.timed("publish", () -> super.publish(events, terms));
  }

  @Override
  public TakeResult take(TakeRequest request) {
    return calls.timed("take", () -> super.take(request));
  }

  @Override
  public List<AcquireResult> acquire(List<AcquireRequest> requests) {
    return calls.timed("acquire", () -> super.acquire(requests));
  }

  @Override
  public CorrectionReceipt correct(Lease lease, Costs costs) {
    return calls.timed("correct", () -> super.correct(lease, costs));
  }

  @Override
  public CorrectionReceipt correct(
      AcquireRequest request, AcquireResult.Granted granted, int cost) {
    return calls.timed("correct", () -> super.correct(request, granted, cost));
  }

  @Override
  public Settlement ack(Lease lease) {
    return calls.timed("ack", () -> super.ack(lease));
  }

  @Override
  public List<Settlement> ackAll(Collection<Lease> leases) {
    return calls.timed("ack-all", () -> queue().ackAll(leases));
  }

  @Override
  public AckedAndTaken ackAndTake(Collection<Lease> leases, TakeRequest request) {
    return calls.timed(
        "ack-and-take", () -> queue().ackAndTake(leases, request), AckedAndTaken::failure);
  }

  @Override
  public Settlement retry(Lease lease, Duration delay, String reason) {
    return calls.timed("retry", () -> super.retry(lease, delay, reason));
  }

  @Override
  public Settlement fail(Lease lease, String reason) {
    return calls.timed("fail", () -> super.fail(lease, reason));
  }

  @Override
  public Settlement release(Lease lease) {
    return calls.timed("release", () -> super.release(lease));
  }

  @Override
  public Settlement extend(Lease lease, Duration duration) {
    return calls.timed("extend", () -> super.extend(lease, duration));
  }

  @Override
  public QueueStats stats() {
    return calls.timed("stats", super::stats);
  }

  @Override
  public List<QueuedEvent> peek(Priority priority, long afterSequence, int max) {
    return calls.timed("peek", () -> super.peek(priority, afterSequence, max));
  }

  @Override
  public List<Lease> leases(int max) {
    return calls.timed("leases", () -> super.leases(max));
  }

  @Override
  public Amendment cancel(String id) {
    return calls.timed("cancel", () -> super.cancel(id));
  }

  @Override
  public Amendment reprioritize(String id, Priority priority) {
    return calls.timed("reprioritize", () -> super.reprioritize(id, priority));
  }

  @Override
  public ClearReceipt clear(ClearScope scope) {
    return calls.timed("clear", () -> super.clear(scope));
  }

  @Override
  public FailedQueue failedQueue() {
    return new MeteredFailedQueue(super.failedQueue(), calls);
  }

  @Override
  public NamedLimitControl namedLimitControl() {
    return new MeteredNamedLimitControl(super.namedLimitControl(), calls);
  }

  @Override
  public LimitControl limitControl() {
    return new MeteredLimitControl(super.limitControl(), calls);
  }
}
