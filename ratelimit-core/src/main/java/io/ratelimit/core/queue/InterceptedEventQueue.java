package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import java.util.Collection;
import java.util.List;

/**
 * A queue that passes calls on to another queue, with an interceptor around publications.
 *
 * <p>Changes nothing else: every other call and its result is passed on unchanged, in the calling
 * thread. Redriven events were already published and pass no interceptor. As thread-safe as the
 * other queue.
 */
public final class InterceptedEventQueue extends ForwardingEventQueue {

  private final PublishInterceptor interceptor;

  private InterceptedEventQueue(EventQueue queue, PublishInterceptor interceptor) {
    super(queue);
    this.interceptor = requireNonNull(interceptor, "interceptor");
  }

  /**
   * Returns a queue with an interceptor around the publications of another queue. Of several
   * interceptors, the last is outermost.
   *
   * @param queue the queue that is called; closing this one closes it
   */
  public static InterceptedEventQueue of(EventQueue queue, PublishInterceptor interceptor) {
    return new InterceptedEventQueue(queue, interceptor);
  }

  @Override
  public PublishReceipt publish(Collection<AuditEvent> events, PublishTerms terms) {
    requireNonNull(terms, "terms");
    return requireNonNull(
        interceptor.around(List.copyOf(events), changed -> super.publish(changed, terms)),
        "the publish interceptor returned null: it must return what next returned");
  }

  @Override
  public AckedAndTaken ackAndTake(Collection<Lease> leases, TakeRequest request) {
    return queue().ackAndTake(leases, request);
  }

  @Override
  public List<Settlement> ackAll(Collection<Lease> leases) {
    return queue().ackAll(leases);
  }
}
