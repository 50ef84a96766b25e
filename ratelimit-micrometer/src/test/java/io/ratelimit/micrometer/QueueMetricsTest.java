package io.ratelimit.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueMetricsTest {

  private static final EventType LOW =
      EventType.of("LOW_TYPE").withPriority(Priority.LOW).withProcessingTime(Duration.ofSeconds(2));

  private final VirtualTime time = VirtualTime.atEpoch();
  private final InMemoryEventQueue store =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute().withBurst(20)).time(time).build();
  private final AtomicInteger looks = new AtomicInteger();
  private volatile boolean away;
  private volatile long lost;
  private volatile CountDownLatch held = new CountDownLatch(0);

  /** The store; its {@code stats} are counted, and fail or hang as the test wants. */
  private final EventQueue queue =
      (EventQueue)
          Proxy.newProxyInstance(
              EventQueue.class.getClassLoader(),
              new Class<?>[] {EventQueue.class},
              (proxy, method, arguments) ->
                  method.getName().equals("stats") ? stats() : method.invoke(store, arguments));

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final QueueMetrics metrics =
      QueueMetrics.builder("audits", queue).patience(Duration.ofSeconds(30)).build();

  private QueueStats stats() throws InterruptedException {
    looks.incrementAndGet();
    held.await();
    if (away) {
      throw new QueueUnavailableException("away", new IllegalStateException("test"));
    }
    return withLost(store.stats());
  }

  /** Sets {@code lost}, since a queue in memory loses nothing. */
  private QueueStats withLost(QueueStats stats) {
    RecordComponent[] components = QueueStats.class.getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        values[i] =
            components[i].getName().equals("lost")
                ? lost
                : components[i].getAccessor().invoke(stats);
      }
      return QueueStats.class.getConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError(impossible.getMessage(), impossible);
    }
  }

  @AfterEach
  void close() {
    held.countDown();
    metrics.close();
  }

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  private double counter(String name) {
    return registry.get(name).functionCounter().count();
  }

  /** Reads every meter, like a scrape. */
  private void scrape() {
    registry.getMeters().forEach(meter -> meter.measure().forEach(each -> each.getValue()));
  }

  private Lease take(String id) {
    TakeRequest request = TakeRequest.one(id, "worker-7", Duration.ofMinutes(5));
    return ((TakeResult.Taken) store.take(request)).leases().get(0);
  }

  private void publish(EventType type, int count) {
    store.publish(
        IntStream.range(0, count)
            .mapToObj(i -> AuditEvent.of(type.name() + i, type, "wallet-" + i))
            .toList());
  }

  private void nextLook() {
    time.advance(Duration.ofSeconds(1));
    scrape();
  }

  @Test
  void countsWhatExpiredOrWasReplaced() {
    Duration expiry = Duration.ofSeconds(1);
    store.publish(
        AuditEvent.of("late", LOW, "wallet"),
        PublishTerms.DEFAULT.withExpiry(expiry, PublishTerms.Expired.DISCARDED));
    time.advance(expiry);
    PublishTerms latest =
        PublishTerms.DEFAULT.withLatest(AuditEvent::walletId, PublishTerms.Place.KEPT);
    for (String id : List.of("a", "b", "c")) {
      store.publish(AuditEvent.of(id, LOW, "wallet"), latest);
    }
    assertThat(take("1").event().id()).isEqualTo("c");

    metrics.bindTo(registry);
    scrape();

    assertThat(counter("ratelimit.queue.expired")).isOne();
    assertThat(counter("ratelimit.queue.replaced")).isEqualTo(2);
    assertThat(counter("ratelimit.queue.discarded")).isEqualTo(3);
  }

  @Test
  void showsWhatTheQueueHoldsAndItsLimit() {
    publish(EventType.REBALANCE_NEEDED, 3);
    publish(LOW, 2);
    assertThat(store.ack(take("1"))).isEqualTo(Settlement.SETTLED);
    assertThat(store.fail(take("2"), "no such wallet")).isEqualTo(Settlement.SETTLED);
    assertThat(store.retry(take("3"), Duration.ofHours(1), "later")).isEqualTo(Settlement.SETTLED);
    assertThat(take("4")).isNotNull();
    store.limitControl().demand("owner", RateLimit.of(40).perMinute(), Duration.ofMinutes(1));
    store.limitControl().pause();
    lost = 7;
    time.advance(Duration.ofSeconds(10));

    metrics.bindTo(registry);
    scrape();

    assertThat(gauge("ratelimit.queue.up")).isOne();
    assertThat(gauge("ratelimit.queue.events", "state", "pending")).isOne();
    assertThat(gauge("ratelimit.queue.events", "state", "delayed")).isOne();
    assertThat(gauge("ratelimit.queue.events", "state", "leased")).isOne();
    assertThat(gauge("ratelimit.queue.events", "state", "failed")).isOne();
    assertThat(gauge("ratelimit.queue.pending", "type", "LOW_TYPE", "priority", "low")).isOne();
    assertThat(gauge("ratelimit.queue.oldest.pending.age")).isEqualTo(10);
    assertThat(counter("ratelimit.queue.published")).isEqualTo(5);
    assertThat(counter("ratelimit.queue.done")).isOne();
    assertThat(counter("ratelimit.queue.discarded")).isZero();
    assertThat(counter("ratelimit.queue.expired")).isZero();
    assertThat(counter("ratelimit.queue.replaced")).isZero();
    assertThat(counter("ratelimit.queue.lost")).isEqualTo(7);
    assertThat(counter("ratelimit.queue.starts")).isEqualTo(4);
    assertThat(counter("ratelimit.queue.lease.expiries")).isZero();
    assertThat(gauge("ratelimit.limit.permits")).isEqualTo(40);
    assertThat(gauge("ratelimit.limit.window")).isEqualTo(60);
    assertThat(gauge("ratelimit.limit.starts")).isEqualTo(4);
    assertThat(gauge("ratelimit.limit.fill")).isEqualTo(0.1);
    assertThat(gauge("ratelimit.limit.emergency")).isOne();
    assertThat(gauge("ratelimit.limit.paused")).isOne();
  }

  @Test
  void showsHowLongAttemptsAreDeclaredToTakeAndAreSeenTo() {
    publish(LOW, 20);
    metrics.bindTo(registry);
    scrape();
    assertThat(registry.find("ratelimit.estimate.processing.time").gauges()).isEmpty();

    for (int n = 0; n < 20; n++) {
      Lease lease = take("take-" + n);
      time.advance(Duration.ofSeconds(12));
      assertThat(n % 2 == 0 ? store.ack(lease) : store.fail(lease, "no"))
          .isEqualTo(Settlement.SETTLED);
    }
    nextLook();

    assertThat(gauge("ratelimit.estimate.declared.time", "type", "LOW_TYPE")).isEqualTo(2);
    assertThat(gauge("ratelimit.estimate.processing.time", "type", "LOW_TYPE"))
        .isBetween(7.0, 12.5);
    assertThat(gauge("ratelimit.estimate.failure.rate", "type", "LOW_TYPE")).isEqualTo(10.0 / 30);
  }

  @Test
  void theStoreIsAskedOncePerIntervalAndOnlyWhenSomebodyReads() {
    metrics.bindTo(registry);
    time.advance(Duration.ofMinutes(1));
    assertThat(looks).hasValue(0);

    scrape();
    scrape();
    time.advance(Duration.ofMillis(999));
    scrape();
    assertThat(looks).hasValue(1);

    time.advance(Duration.ofMillis(1));
    scrape();
    assertThat(looks).hasValue(2);
  }

  @Test
  void whileTheStoreIsAwayNothingOldIsShown() {
    publish(EventType.REBALANCE_NEEDED, 2);
    metrics.bindTo(registry);
    nextLook();
    assertThat(gauge("ratelimit.queue.up")).isOne();

    away = true;
    nextLook();

    assertThat(registry.getMeters())
        .filteredOn(meter -> meter.getId().getType() == Meter.Type.GAUGE)
        .hasSizeGreaterThan(10)
        .allMatch(
            meter ->
                meter.getId().getName().equals("ratelimit.queue.up")
                    ? value(meter) == 0
                    : Double.isNaN(value(meter)));
    assertThat(counter("ratelimit.queue.published")).isEqualTo(2);
    assertThat(looks).as("failed looks are not repeated at once").hasValue(2);

    away = false;
    nextLook();
    assertThat(gauge("ratelimit.queue.up")).isOne();
    assertThat(gauge("ratelimit.queue.events", "state", "pending")).isEqualTo(2);
  }

  private static double value(Meter meter) {
    return meter.measure().iterator().next().getValue();
  }

  @Test
  void aStoreThatHangsIsAskedOnceAndHoldsUpNobodyForLong() {
    held = new CountDownLatch(1);
    try (QueueMetrics impatient =
        QueueMetrics.builder("audits", queue).patience(Duration.ofMillis(20)).build()) {
      impatient.bindTo(registry);

      for (int i = 0; i < 10; i++) {
        nextLook();
      }
      assertThat(gauge("ratelimit.queue.up")).isZero();
      assertThat(looks).hasValue(1);

      held.countDown();
      await()
          .untilAsserted(
              () -> {
                nextLook();
                assertThat(gauge("ratelimit.queue.up")).isOne();
              });
      assertThat(looks).as("none had queued up meanwhile").hasValueLessThan(8);
    }
  }

  @Test
  void aReaderThatIsInterruptedStaysInterruptedAndIsNotHeldUp() {
    held = new CountDownLatch(1);
    metrics.bindTo(registry);

    Thread.currentThread().interrupt();
    double up = gauge("ratelimit.queue.up");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(up).isZero();
  }

  @Test
  void aTypeOfWhichNoneWaitsAnyMoreIsZero() {
    publish(EventType.REBALANCE_NEEDED, 1);
    metrics.bindTo(registry);
    nextLook();
    String[] tags = {"type", "REBALANCE_NEEDED", "priority", "high"};
    assertThat(gauge("ratelimit.queue.pending", tags)).isOne();

    take("1");
    nextLook();
    assertThat(gauge("ratelimit.queue.pending", tags)).isZero();
  }

  @Test
  void thereAreNeverMoreThanAHundredTypes() {
    for (int i = 0; i < 130; i++) {
      publish(EventType.of("TYPE_" + i), 1);
    }
    metrics.bindTo(registry);
    nextLook();
    nextLook();

    assertThat(registry.get("ratelimit.queue.pending").gauges()).hasSize(101);
    assertThat(gauge("ratelimit.queue.pending", "type", "other")).isEqualTo(30);
  }

  @Test
  void theRegistryKeepsTheMetersAlive() {
    QueueMetrics.of("forgotten", queue).bindTo(registry);

    System.gc();

    assertThat(gauge("ratelimit.queue.up")).isOne();
    publish(LOW, 1);
    nextLook();
    assertThat(counter("ratelimit.queue.published")).isOne();
  }

  @Test
  void closingRemovesTheMeters() {
    publish(LOW, 1);
    metrics.bindTo(registry);
    scrape();
    assertThat(registry.getMeters()).isNotEmpty();

    metrics.close();

    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    QueueMetrics.Builder builder = QueueMetrics.builder("audits", queue);
    for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatThrownBy(() -> builder.interval(none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("interval must be more than zero but is " + none);
      assertThatThrownBy(() -> builder.patience(none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("patience must be more than zero but is " + none);
    }
  }
}
