package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A queue that passes every call on to another queue: the base class for queues that change some
 * calls. All other calls are passed on unchanged, including those that a later version adds.
 *
 * <p>Convenience calls lead to the basic ones: every form of {@code publish} to {@link
 * #publish(Collection, PublishTerms)}, and {@code ackAll} and {@code ackAndTake} to {@link #ack}
 * and {@link #take}. If you override one of the basic calls, you see everything that is published,
 * acknowledged or taken. A queue that does not change {@code ack} and {@code take} should also pass
 * on {@code ackAll} and {@code ackAndTake}, which save round trips. As thread-safe as the other
 * queue.
 */
public abstract class ForwardingEventQueue implements EventQueue {

  private final EventQueue queue;

  /**
   * Creates a queue in front of another one.
   *
   * @param queue the queue that is called; closing this one closes it
   */
  protected ForwardingEventQueue(EventQueue queue) {
    this.queue = requireNonNull(queue, "queue");
  }

  /** Returns the queue that is called. */
  protected final EventQueue queue() {
    return queue;
  }

  @Override
  public Optional<String> name() {
    return queue.name();
  }

  @Override
  public List<String> notes() {
    return queue.notes();
  }

  @Override
  public Time time() {
    return queue.time();
  }

  @Override
  public PublishReceipt publish(Collection<AuditEvent> events, PublishTerms terms) {
    return queue.publish(events, terms);
  }

  @Override
  public TakeResult take(TakeRequest request) {
    return queue.take(request);
  }

  @Override
  public List<AcquireResult> acquire(List<AcquireRequest> requests) {
    return queue.acquire(requests);
  }

  @Override
  public CorrectionReceipt correct(Lease lease, Costs costs) {
    return queue.correct(lease, costs);
  }

  @Override
  public CorrectionReceipt correct(
      AcquireRequest request, AcquireResult.Granted granted, int cost) {
    return queue.correct(request, granted, cost);
  }

  @Override
  public Settlement ack(Lease lease) {
    return queue.ack(lease);
  }

  @Override
  public Settlement retry(Lease lease, Duration delay, String reason) {
    return queue.retry(lease, delay, reason);
  }

  @Override
  public Settlement fail(Lease lease, String reason) {
    return queue.fail(lease, reason);
  }

  @Override
  public Settlement release(Lease lease) {
    return queue.release(lease);
  }

  @Override
  public Settlement extend(Lease lease, Duration duration) {
    return queue.extend(lease, duration);
  }

  @Override
  public QueueStats stats() {
    return queue.stats();
  }

  @Override
  public List<QueuedEvent> peek(Priority priority, long afterSequence, int max) {
    return queue.peek(priority, afterSequence, max);
  }

  @Override
  public List<Lease> leases(int max) {
    return queue.leases(max);
  }

  @Override
  public Amendment cancel(String id) {
    return queue.cancel(id);
  }

  @Override
  public Amendment reprioritize(String id, Priority priority) {
    return queue.reprioritize(id, priority);
  }

  @Override
  public ClearReceipt clear(ClearScope scope) {
    return queue.clear(scope);
  }

  @Override
  public FailedQueue failedQueue() {
    return queue.failedQueue();
  }

  @Override
  public LimitControl limitControl() {
    return queue.limitControl();
  }

  @Override
  public NamedLimitControl namedLimitControl() {
    return queue.namedLimitControl();
  }

  @Override
  public Subscription onChange(Runnable listener) {
    return queue.onChange(listener);
  }

  @Override
  public Duration pollInterval() {
    return queue.pollInterval();
  }

  @Override
  public void close() {
    queue.close();
  }

  @Override
  public String toString() {
    return queue.toString();
  }
}
