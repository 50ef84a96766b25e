package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A queue that is another queue, with an interceptor around all that is published through it.
 *
 * <p>Changes nothing else: every call is passed on as it is, in the calling thread, and so is what
 * comes of it. Events that are redriven were published before, and pass no interceptor. As
 * thread-safe as the other queue.
 */
public final class InterceptedEventQueue implements EventQueue {

  private final EventQueue queue;
  private final PublishInterceptor interceptor;

  private InterceptedEventQueue(EventQueue queue, PublishInterceptor interceptor) {
    this.queue = requireNonNull(queue, "queue");
    this.interceptor = requireNonNull(interceptor, "interceptor");
  }

  /**
   * Returns a queue that is another one with an interceptor. Of several, the last is outermost.
   *
   * @param queue the queue that is called; closing this one closes it
   */
  public static InterceptedEventQueue of(EventQueue queue, PublishInterceptor interceptor) {
    return new InterceptedEventQueue(queue, interceptor);
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
    requireNonNull(terms, "terms");
    return requireNonNull(
        interceptor.around(List.copyOf(events), changed -> queue.publish(changed, terms)),
        "the publish interceptor returned null: it must return what next returned");
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
  public Settlement ack(Lease lease) {
    return queue.ack(lease);
  }

  @Override
  public AckedAndTaken ackAndTake(Collection<Lease> leases, TakeRequest request) {
    return queue.ackAndTake(leases, request);
  }

  @Override
  public List<Settlement> ackAll(Collection<Lease> leases) {
    return queue.ackAll(leases);
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
  public void close() {
    queue.close();
  }
}
