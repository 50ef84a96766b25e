package io.ratelimit.core.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterceptedEventQueueTest {

  private static final AuditEvent EVENT =
      AuditEvent.of("event", EventType.REBALANCE_NEEDED, "wallet");

  private final InMemoryEventQueue store = InMemoryEventQueue.create(RateLimit.of(20).perMinute());

  private static PublishInterceptor adding(String name, String value) {
    return (events, next) ->
        next.proceed(
            events.stream()
                .map(
                    event ->
                        event.withAttribute(
                            name, event.attribute(name).map(v -> v + ',').orElse("") + value))
                .toList());
  }

  private AuditEvent stored() {
    return store.peek(EVENT.type().priority(), 0, 1).get(0).event();
  }

  @Test
  void whatAnInterceptorAddsIsPublishedAndTheOthersAreCalledInOrder() {
    EventQueue queue =
        InterceptedEventQueue.of(
            InterceptedEventQueue.of(store, adding("by", "inner")), adding("by", "outer"));

    assertThat(queue.publish(EVENT).accepted()).isEqualTo(1);

    assertThat(stored().attribute("by")).contains("outer,inner");
    assertThat(stored().attribute("to")).isEmpty();
  }

  @Test
  void onePublicationOfManyEventsIsOneCall() {
    EventQueue queue =
        InterceptedEventQueue.of(
            store,
            (events, next) -> {
              assertThat(events).hasSize(2);
              return next.proceed(events);
            });

    queue.publish(List.of(EVENT, AuditEvent.of("other", EventType.REBALANCE_NEEDED, "wallet")));

    assertThat(store.stats().pending()).isEqualTo(2);
  }

  @Test
  void whatAnInterceptorThrowsThePublisherGetsAndNothingIsPublished() {
    EventQueue queue =
        InterceptedEventQueue.of(
            store,
            (events, next) -> {
              throw new IllegalStateException("not now");
            });

    assertThatThrownBy(() -> queue.publish(EVENT)).hasMessage("not now");
    assertThat(store.stats().pending()).isZero();
  }

  @Test
  @SuppressWarnings("NullAway") // On purpose: a host may do it anyway.
  void aReceiptThatIsNullIsTold() {
    EventQueue queue = InterceptedEventQueue.of(store, (events, next) -> null);

    assertThatNullPointerException()
        .isThrownBy(() -> queue.publish(EVENT))
        .withMessageContaining("must return what next returned");
  }
}
