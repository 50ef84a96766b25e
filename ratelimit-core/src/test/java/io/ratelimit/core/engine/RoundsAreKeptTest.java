package io.ratelimit.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The records of an engine's rounds, in time that runs a hundred times faster. */
@Timeout(60)
class RoundsAreKeptTest {

  private static final EventType A = EventType.of("A").withProcessingTime(Duration.ofMillis(100));
  private static final EventType B = EventType.of("B").withProcessingTime(Duration.ofMillis(100));
  private static final RateLimit LIMIT = RateLimit.of(1_000).perSecond().withBurst(1_000);

  private final Time time = Time.accelerated(100);
  private final InMemoryEventQueue queue = InMemoryEventQueue.builder(LIMIT).time(time).build();
  private final InMemoryRoundHistory history = InMemoryRoundHistory.create();

  @AfterEach
  void close() {
    queue.close();
  }

  private AuditEngine.Builder engine(RoundHistory keeping) {
    return AuditEngine.builder(queue)
        .name("audits")
        .workers(2, 4)
        .deadline(Duration.ofMinutes(3))
        .retryPolicy(new RetryPolicy(3, Duration.ofMillis(100), 1, Duration.ofMillis(100), 0))
        .history(keeping);
  }

  private static List<AuditEvent> events(EventType type, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> AuditEvent.of(type.name() + i, type, "wallet-" + i))
        .toList();
  }

  private RoundRecord kept() {
    HistoryPage page = history.read(HistoryQuery.newest(10));
    assertThat(page.rounds()).hasSize(1);
    return page.rounds().get(0);
  }

  @Test
  void aRoundIsKeptAsTheQueueCountedIt() {
    queue.publish(events(A, 20));
    queue.publish(events(B, 10));
    Set<String> failedOnce = ConcurrentHashMap.newKeySet();
    RoundReport report;
    try (AuditEngine engine =
        engine(history)
            .handler(
                event -> {
                  if (event.type().equals(B)
                      && event.walletId().equals("wallet-3")
                      && failedOnce.add(event.id())) {
                    throw new IllegalStateException("once");
                  }
                })
            .build()) {
      report = engine.runRound();
      assertThat(engine.health().notes()).isEmpty();
    }

    RoundRecord round = kept();
    assertThat(round.owner()).isEqualTo("audits");
    assertThat(round.outcome()).isEqualTo(RoundRecord.Outcome.MET);
    assertThat(round.elapsed()).isCloseTo(report.elapsed(), Duration.ofNanos(1_000));
    assertThat(round.margin()).isPresent();
    assertThat(round.counts()).contains(new RoundRecord.Counts(30, 0, 30, 0, 0, 0, 31, 1));
    assertThat(round.sample().attempts()).isEqualTo(31);
    assertThat(round.sample().processing().orElseThrow().total()).isEqualTo(31);
    assertThat(round.sample().waiting().orElseThrow().total()).isEqualTo(30);
    assertThat(round.sample().worstWallets())
        .contains(List.of(new RoundRecord.OfWallet("wallet-3", 3, 1)));
    Map<String, RoundRecord.OfType> types = byName(round);
    assertThat(types).containsOnlyKeys("A", "B");
    assertThat(types.get("A").arrivals()).contains(20L);
    assertThat(types.get("B").backlog()).contains(10L);
    assertThat(types.get("B").retries()).isEqualTo(1);
    assertThat(types.get("B").processing().orElseThrow().total()).isEqualTo(11);
    assertThat(round.limit().normal()).contains(LIMIT);
    assertThat(round.limit().inForce()).hasSize(1);
    assertThat(round.limit().extraStarts()).contains(0L);
    assertThat(round.workers().orElseThrow().most()).isBetween(1, 4);
    assertThat(round.bound().values().stream().mapToDouble(Double::doubleValue).sum())
        .isBetween(0.99, 1.01);
    assertThat(round.bound().keySet()).isSubsetOf(Constraint.values());
  }

  private static Map<String, RoundRecord.OfType> byName(RoundRecord round) {
    return round.types().stream()
        .collect(java.util.stream.Collectors.toMap(RoundRecord.OfType::type, type -> type));
  }

  @Test
  void whatIsPublishedMeanwhileIsCountedByMinute() {
    queue.publish(events(A, 3));
    AtomicReference<Stream<AuditEvent>> later = new AtomicReference<>(events(B, 5).stream());
    try (AuditEngine engine =
        engine(history)
            .handler(
                event -> {
                  queue.publish(later.getAndSet(Stream.empty()).toList());
                })
            .build()) {
      engine.runRound();
    }

    RoundRecord round = kept();
    assertThat(round.counts().orElseThrow().published()).isEqualTo(5);
    assertThat(sum(round.arrivalsByMinute())).isEqualTo(5);
    assertThat(byName(round).get("B").arrivals()).contains(5L);
    assertThat(sum(byName(round).get("B").arrivalsByMinute())).isEqualTo(5);
    assertThat(byName(round).get("A").arrivals()).contains(3L);
  }

  private static long sum(Optional<List<Long>> minutes) {
    return minutes.orElseThrow().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void aRoundThatIsEndedEarlySaysSo() throws InterruptedException {
    queue.publish(events(A, 50));
    CountDownLatch begun = new CountDownLatch(1);
    AuditEngine engine =
        engine(history)
            .shutdownGrace(Duration.ZERO)
            .handler(
                event -> {
                  begun.countDown();
                  time.parkUntil(time.now().plusSeconds(100));
                })
            .build();
    Thread round = new Thread(engine::runRound);
    round.start();
    begun.await();
    engine.close();
    round.join();

    assertThat(kept().outcome()).isEqualTo(RoundRecord.Outcome.CANCELLED);
    assertThat(kept().why().orElseThrow()).contains("before its deadline, with", "left");
    assertThat(kept().margin()).isEmpty();
  }

  @Test
  void aHistoryThatFailsFailsNoRoundAndGetsItLater() {
    AtomicReference<Boolean> away = new AtomicReference<>(true);
    RoundHistory failing =
        new RoundHistory() {
          @Override
          public void append(RoundRecord round) {
            if (away.get()) {
              throw new HistoryException("the store is away");
            }
            history.append(round);
          }

          @Override
          public HistoryPage read(HistoryQuery query) {
            return history.read(query);
          }
        };
    try (AuditEngine engine = engine(failing).handler(event -> {}).build()) {
      queue.publish(events(A, 3));
      assertThat(engine.runRound().done()).isEqualTo(3);
      assertThat(engine.health().notes())
          .singleElement()
          .asString()
          .contains("has kept no round since", "the store is away; 1 wait, 0 lost");
      assertThat(history.read(HistoryQuery.newest(10)).rounds()).isEmpty();

      away.set(false);
      queue.publish(events(B, 2));
      engine.runRound();

      assertThat(engine.health().notes()).isEmpty();
      assertThat(history.read(HistoryQuery.newest(10)).rounds())
          .extracting(round -> round.counts().orElseThrow().done())
          .containsExactly(2L, 3L);
    }
  }
}
