package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.testkit.server.DevServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The manager on a real server, over a queue whose time runs 20 times faster. Temporal's in-process
 * server cannot replace it: that one never ends a run that continues as new just as an activity
 * starts or sends a heartbeat, so the result never comes; and it halts a workflow that cancels an
 * activity just as it ends.
 */
@Execution(ExecutionMode.CONCURRENT)
class RoundTest {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute();

  /** Long enough that nothing is late on a busy machine. */
  private static final Duration LONG = Duration.ofHours(2);

  private final String id = "round-" + UUID.randomUUID();
  private final Time time = Time.accelerated(20);
  private final EventQueue queue = InMemoryEventQueue.builder(LIMIT).time(time).build();
  private final Set<String> handled = ConcurrentHashMap.newKeySet();
  private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();

  private final InMemoryRoundHistory history = InMemoryRoundHistory.create();
  private final RateLimitClient client =
      RateLimitClient.connect(DevServer.shared().target(), DevServer.NAMESPACE, id);

  private RateLimitWorker worker;

  @AfterEach
  void close() {
    worker.close();
    client.close();
    queue.close();
  }

  private void work() {
    work(
        event -> {
          time.sleep(event.type().processingTime());
          handled.add(event.id());
        });
  }

  private void work(AuditEventHandler handler) {
    worker =
        RateLimitWorker.builder(queue)
            .handler(handler)
            .lease(LONG)
            .handlerTimeout(LONG)
            .history(history)
            .taskQueue(id)
            .connect(DevServer.shared().target(), DevServer.NAMESPACE);
  }

  private static List<AuditEvent> events(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> AuditEvent.of("e" + i, EventType.NEW_BALANCE_UPDATE, "w" + i))
        .toList();
  }

  private static ManagerOptions ticking(ManagerOptions options) {
    return options.withDecisionIntervals(Duration.ofMillis(100), Duration.ofSeconds(10));
  }

  private RoundReport result() {
    return client.result(id, Duration.ofMinutes(3));
  }

  /** A round ends at its deadline, however slow the machine is; a service goes on. */
  @Test
  void whatTheLimitWouldDelayIsDoneUnderAHigherOne() {
    queue.publish(events(108));
    work();
    client.start(
        id,
        ticking(ManagerOptions.continuous())
            .withEmergencyLimit(RateLimit.of(60).perMinute())
            .withEventsPerActivity(4));
    await().until(() -> queue.stats().done() == 108);
    client.stop(id);
    RoundReport report = result();

    assertThat(report.done()).isEqualTo(108);
    assertThat(report.remaining()).isZero();
    assertThat(report.limitHeld()).contains(true);
    assertThat(report.largestWindow().orElseThrow()).isGreaterThan(20);
    assertThat(handled).hasSize(108);
    // Once nothing waits, a raised limit cannot help, so the last decision is the normal one.
    assertThat(report.decisions().get(report.decisions().size() - 1).mode()).isEqualTo(Mode.NORMAL);
    assertThat(queue.stats().isConserved()).isTrue();
    assertThat(queue.limitControl().settings().demands()).isEmpty();
  }

  @Test
  void aRoundWithFailuresAndSlowEventsLosesNothing() {
    queue.limitControl().changeLimit(RateLimit.of(120).perMinute());
    queue.publish(events(108));
    work(
        event -> {
          int number = Integer.parseInt(event.id().substring(1));
          Duration each = event.type().processingTime();
          time.sleep(number % 10 == 0 ? each.multipliedBy(2) : each);
          if (number % 20 == 1 && failedOnce.add(event.id())) {
            throw new IllegalStateException("the first attempt fails");
          }
        });
    client.start(
        id,
        ticking(ManagerOptions.round())
            .withDeadline(LONG)
            .withWorkers(6, 10)
            .withExpectations(new Expectations(0.05, 3, 0.1, 2)));
    RoundReport report = result();

    assertThat(report.done()).isEqualTo(108);
    assertThat(report.retries()).isEqualTo(6);
    assertThat(report.attempts()).isEqualTo(114);
    assertThat(report.deadlineMet()).isTrue();
    assertThat(report.limitHeld()).contains(true);
    assertThat(queue.stats().starts()).isEqualTo(114);
    assertThat(queue.stats().isConserved()).isTrue();
    assertThat(worker.historyNotes()).isEmpty();
    HistoryPage page = history.read(HistoryQuery.newest(10));
    assertThat(page.rounds()).hasSize(1);
    RoundRecord round = page.rounds().get(0);
    assertThat(round.owner()).isEqualTo(id);
    assertThat(round.outcome()).isEqualTo(RoundRecord.Outcome.MET);
    assertThat(round.counts()).contains(new RoundRecord.Counts(108, 0, 108, 0, 0, 0, 114, 6));
    assertThat(round.types())
        .singleElement()
        .satisfies(
            type -> {
              assertThat(type.arrivals()).contains(108L);
              assertThat(type.attempts()).isEqualTo(114);
              assertThat(type.retries()).isEqualTo(6);
              assertThat(type.processing().orElseThrow().total()).isEqualTo(114);
            });
    assertThat(round.limit().normal()).contains(RateLimit.of(120).perMinute());
    assertThat(round.workers().orElseThrow().most()).isPositive();
    assertThat(round.bound()).isNotEmpty();
  }

  /** A service has no rounds; the queue's counters tell what it did. */
  @Test
  void aServiceKeepsNoRound() {
    queue.publish(events(1));
    work();
    client.start(id, ticking(ManagerOptions.continuous()));
    await().until(() -> queue.stats().done() == 1);
    client.stop(id);

    assertThat(result().done()).isEqualTo(1);
    assertThat(history.read(HistoryQuery.newest(10)).rounds()).isEmpty();
  }

  @Test
  void aRoundContinuesAsNewAndLosesNothing() {
    queue.publish(events(12));
    CountDownLatch inALaterRun = new CountDownLatch(1);
    work(
        event -> {
          time.sleep(event.type().processingTime());
          if (event.id().equals("e11")) {
            inALaterRun.await();
          }
        });
    client.start(id, ticking(ManagerOptions.round()).withDeadline(LONG).withDecisionsPerRun(3));
    await().until(() -> client.status(id).runs() > 1);
    inALaterRun.countDown();
    RoundReport report = result();

    assertThat(report.done()).isEqualTo(12);
    assertThat(report.attempts()).isEqualTo(12);
    assertThat(report.limitHeld()).contains(true);
  }

  @Test
  void aServiceIsPausedResumedChangedAndStopped() {
    work();
    client.start(id, ticking(ManagerOptions.continuous()));

    LimitSettings paused = client.pause(id);
    assertThat(paused.pause()).isPresent();
    await().until(() -> client.status(id).state() == ManagerStatus.State.PAUSED);
    queue.publish(events(4));
    assertThat(client.resume(id).pause()).isEmpty();
    await().until(() -> handled.size() == 4);

    assertThat(client.changeLimit(id, RateLimit.of(40).perMinute()).normal())
        .isEqualTo(RateLimit.of(40).perMinute());
    assertThat(client.setWorkers(id, 2, 3).max()).isEqualTo(3);
    assertThat(client.status(id).workers().max()).isEqualTo(3);

    client.stop(id);
    assertThat(result().done()).isEqualTo(4);
  }
}
