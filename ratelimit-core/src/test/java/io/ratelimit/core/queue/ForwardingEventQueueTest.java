package io.ratelimit.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method of a queue, including those added later, reaches the queue behind. */
class ForwardingEventQueueTest {

  private static final AuditEvent EVENT =
      AuditEvent.of("event", EventType.OPEN_ORDER_DETECTED, "wallet");
  private static final List<Object> ARGUMENTS =
      List.of(
          EVENT,
          List.of(EVENT),
          PublishTerms.DEFAULT.withDelay(Duration.ofSeconds(7)),
          TakeRequest.one("request", "worker", Duration.ofSeconds(7)),
          Duration.ofSeconds(7),
          Priority.LOW,
          ClearScope.FAILED,
          "text",
          (Runnable) () -> {});

  private static final Set<String> MADE_OF_OTHERS = Set.of("publish", "ackAll", "ackAndTake");

  private final List<String> called = new ArrayList<>();

  /** Returns null to everything, which no queue does by itself. */
  private final EventQueue behind =
      (EventQueue)
          Proxy.newProxyInstance(
              EventQueue.class.getClassLoader(),
              new Class<?>[] {EventQueue.class},
              (proxy, method, arguments) -> {
                called.add(shown(method, arguments == null ? new Object[0] : arguments));
                return null;
              });

  private static final class Forwarding extends ForwardingEventQueue {
    Forwarding(EventQueue queue) {
      super(queue);
    }
  }

  private static String shown(Method method, @Nullable Object[] arguments) {
    return method.getName()
        + Arrays.toString(method.getParameterTypes())
        + Arrays.toString(arguments);
  }

  private static @Nullable Object argument(Class<?> type) {
    if (type.isPrimitive()) {
      return type == long.class ? (Object) 7L : (Object) 7;
    }
    return ARGUMENTS.stream().filter(type::isInstance).findFirst().orElse(null);
  }

  static Stream<Method> methods() {
    return Arrays.stream(EventQueue.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !MADE_OF_OTHERS.contains(method.getName()));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodReachesTheQueueBehind(Method method) throws ReflectiveOperationException {
    @Nullable Object[] arguments =
        Arrays.stream(method.getParameterTypes()).map(ForwardingEventQueueTest::argument).toArray();

    assertThat(method.invoke(new Forwarding(behind), arguments)).isNull();

    assertThat(called).containsExactly(shown(method, arguments));
  }

  /** Overriding that one covers them all. */
  @Test
  void everyFormOfPublishLeadsToOne() {
    List<PublishTerms> published = new ArrayList<>();
    EventQueue queue =
        new ForwardingEventQueue(behind) {
          @Override
          public PublishReceipt publish(Collection<AuditEvent> events, PublishTerms terms) {
            assertThat(events).containsExactly(EVENT);
            published.add(terms);
            return super.publish(events, terms);
          }
        };
    PublishTerms later = PublishTerms.DEFAULT.withDelay(Duration.ofSeconds(7));
    queue.publish(EVENT);
    queue.publish(List.of(EVENT));
    queue.publish(EVENT, later);
    queue.publish(List.of(EVENT), later);

    assertThat(published).containsExactly(PublishTerms.DEFAULT, PublishTerms.DEFAULT, later, later);
    assertThat(called).hasSize(4).allMatch(call -> call.startsWith("publish[interface"));
  }

  /** So a queue that counts done events counts these, too. */
  @Test
  void whatIsAcknowledgedTogetherLeadsToAcknowledgements() {
    try (EventQueue real = InMemoryEventQueue.create(RateLimit.of(20).perMinute().withBurst(20))) {
      real.publish(EVENT);
      TakeRequest request = TakeRequest.one("request", "worker", Duration.ofSeconds(7));
      Lease lease = ((TakeResult.Taken) real.take(request)).leases().get(0);
      AtomicInteger acknowledged = new AtomicInteger();
      AtomicInteger taken = new AtomicInteger();
      EventQueue queue =
          new ForwardingEventQueue(real) {
            @Override
            public Settlement ack(Lease lease) {
              acknowledged.incrementAndGet();
              return super.ack(lease);
            }

            @Override
            public TakeResult take(TakeRequest request) {
              taken.incrementAndGet();
              return super.take(request);
            }
          };

      assertThat(queue.ackAll(List.of(lease))).containsExactly(Settlement.SETTLED);
      AckedAndTaken both = queue.ackAndTake(List.of(lease), request);

      assertThat(both).isNotNull();
      assertThat(acknowledged).hasValue(2);
      assertThat(taken).hasValue(1);
    }
  }

  @Test
  void itIsShownAsTheQueueBehind() {
    try (EventQueue real = InMemoryEventQueue.create(RateLimit.of(20).perMinute())) {
      assertThat(new Forwarding(new Forwarding(real))).hasToString(real.toString());
    }
  }
}
