package io.ratelimit.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AckedAndTaken;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MeteredEventQueueTest {

  /** Arguments and results by type; other types get null. */
  private static final Map<Class<?>, Object> VALUES =
      Map.ofEntries(
          Map.entry(boolean.class, true),
          Map.entry(int.class, 7),
          Map.entry(long.class, 11L),
          Map.entry(String.class, "reason"),
          Map.entry(Duration.class, Duration.ofSeconds(3)),
          Map.entry(Collection.class, List.of(AuditEvent.of("e", Samples.TYPE, "w"))),
          Map.entry(AuditEvent.class, AuditEvent.of("e", Samples.TYPE, "w")),
          Map.entry(Priority.class, Priority.LOW),
          Map.entry(LimitKey.class, new LimitKey("account", "a")),
          Map.entry(KeyPattern.class, KeyPattern.all("account")),
          Map.entry(NamedLimit.class, NamedLimit.of("account", RateLimit.of(3).perMinute())),
          Map.entry(Optional.class, Optional.empty()),
          Map.entry(RateLimit.class, RateLimit.of(3).perMinute()),
          Map.entry(Lease.class, Samples.lease(Samples.TYPE, 1)),
          Map.entry(
              TakeRequest.class, TakeRequest.one("request", "worker", Duration.ofSeconds(15))),
          Map.entry(TakeResult.class, new TakeResult.Empty(Optional.empty())),
          Map.entry(
              AckedAndTaken.class,
              new AckedAndTaken(
                  List.of(),
                  Optional.of(new TakeResult.Empty(Optional.empty())),
                  Optional.empty())),
          Map.entry(Settlement.class, Settlement.STALE_LEASE),
          Map.entry(List.class, List.of()),
          Map.entry(LimitSettings.class, LimitSettings.of(RateLimit.of(3).perMinute())));

  /** Methods that do not call the store. */
  private static final Set<String> UNTIMED =
      Set.of("name", "notes", "time", "onChange", "pollInterval", "close");

  private static final Set<String> PARTS =
      Set.of("failedQueue", "limitControl", "namedLimitControl");

  private record Call(Method method, List<@Nullable Object> arguments) {}

  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private @Nullable Call received;

  private static Stream<Method> calls() {
    return Stream.of(
            EventQueue.class, FailedQueue.class, LimitControl.class, NamedLimitControl.class)
        .flatMap(type -> Arrays.stream(type.getMethods()))
        .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge())
        .filter(method -> !PARTS.contains(method.getName()));
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** A queue that remembers its last call, including calls to its failed queue and its limit. */
  private EventQueue remembering() {
    InvocationHandler part = (proxy, method, arguments) -> remember(method, arguments);
    return proxy(
        EventQueue.class,
        (proxy, method, arguments) ->
            PARTS.contains(method.getName())
                ? proxy(method.getReturnType(), part)
                : remember(method, arguments));
  }

  private @Nullable Object remember(Method method, Object @Nullable [] arguments) {
    received = new Call(method, arguments == null ? List.of() : Arrays.asList(arguments));
    clock.add(Duration.ofMillis(20));
    return VALUES.get(method.getReturnType());
  }

  private Object target(Method method) {
    EventQueue queue = MeteredEventQueue.of(registry, "audits", remembering());
    if (method.getDeclaringClass() == FailedQueue.class) {
      return queue.failedQueue();
    }
    if (method.getDeclaringClass() == NamedLimitControl.class) {
      return queue.namedLimitControl();
    }
    return method.getDeclaringClass() == LimitControl.class ? queue.limitControl() : queue;
  }

  private static Object[] arguments(Method method) {
    return Arrays.stream(method.getParameterTypes()).map(VALUES::get).toArray(Object[]::new);
  }

  private @Nullable Object invoke(Method method) throws ReflectiveOperationException {
    return method.invoke(target(method), arguments(method));
  }

  /** Fails for a new default method that is not passed on, and for a new call that is not timed. */
  @ParameterizedTest
  @MethodSource("calls")
  void everyCallIsPassedOnAsItIsAndTimed(Method method) throws ReflectiveOperationException {
    Object result = invoke(method);

    // All overloads call one of them.
    if (!method.getName().equals("publish")) {
      assertThat(received).isEqualTo(new Call(method, Arrays.asList(arguments(method))));
    }
    assertThat(result).isEqualTo(VALUES.get(method.getReturnType()));
    Collection<Timer> timers = registry.find("ratelimit.queue.calls").timers();
    if (UNTIMED.contains(method.getName())) {
      assertThat(timers).isEmpty();
    } else {
      assertThat(timers)
          .singleElement()
          .satisfies(
              timer -> {
                assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(20);
                assertThat(timer.getId().getTag("outcome")).isEqualTo("ok");
                assertThat(timer.getId().getTag("queue")).isEqualTo("audits");
              });
    }
  }

  @Test
  void noTwoCallsAreTheSameOperation() throws ReflectiveOperationException {
    List<Method> timed =
        calls().filter(method -> !UNTIMED.contains(method.getName())).distinct().toList();
    Map<String, Set<String>> methodsByOperation = new TreeMap<>();
    for (Method method : timed) {
      registry.clear();
      invoke(method);
      String operation = registry.get("ratelimit.queue.calls").timer().getId().getTag("operation");
      methodsByOperation
          .computeIfAbsent(operation, none -> new TreeSet<>())
          .add(method.getDeclaringClass().getSimpleName() + '.' + method.getName());
    }

    assertThat(methodsByOperation.values()).allMatch(methods -> methods.size() == 1);
  }

  @Test
  void whatIsThrownIsPassedOnAndCounted() {
    QueueException away = new QueueUnavailableException("away", new IllegalStateException());
    QueueException broken = new QueueException("broken");

    assertThatThrownBy(() -> failing(away).stats()).isSameAs(away);
    assertThatThrownBy(() -> failing(broken).stats()).isSameAs(broken);

    assertThat(calls("stats", "unavailable")).isEqualTo(1);
    assertThat(calls("stats", "error")).isEqualTo(1);
  }

  @Test
  void whatAnAnswerSaysHasFailedIsCountedAsIfItWereThrown() {
    RuntimeException away = new QueueUnavailableException("away", new IllegalStateException());
    AckedAndTaken answer = new AckedAndTaken(List.of(), Optional.empty(), Optional.of(away));
    EventQueue queue =
        MeteredEventQueue.of(
            registry, "audits", proxy(EventQueue.class, (proxy, method, arguments) -> answer));

    assertThat(
            queue.ackAndTake(
                List.of(), TakeRequest.one("request", "worker", Duration.ofSeconds(15))))
        .isSameAs(answer);

    assertThat(calls("ack-and-take", "unavailable")).isEqualTo(1);
  }

  private EventQueue failing(QueueException failure) {
    return MeteredEventQueue.of(
        registry,
        "audits",
        proxy(
            EventQueue.class,
            (proxy, method, arguments) -> {
              throw failure;
            }));
  }

  private long calls(String operation, String outcome) {
    return registry
        .get("ratelimit.queue.calls")
        .tags("operation", operation, "outcome", outcome)
        .timer()
        .count();
  }
}
