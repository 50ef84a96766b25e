package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.testkit.server.DevServer;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cost of an idle service, against a real server. */
class IdleTest {

  private static final int MOST_EVENTS = 60;
  private static final int MOST_ACTIONS = 120;

  /** An activity and a workflow task each write that they were scheduled, started and completed. */
  private static final int EVENTS_OF_A_CALL = 6;

  private final String id = "idle-" + UUID.randomUUID();
  private final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(6_000).perMinute());
  private final Temporal temporal = Temporal.open();
  private final RateLimitClient client = RateLimitClient.of(temporal.client(), id);

  @AfterEach
  void close() {
    temporal.close();
    queue.close();
  }

  private long events(io.temporal.api.enums.v1.EventType type) {
    return temporal.client().fetchHistory(id).getEvents().stream()
        .filter(event -> event.getEventType() == type)
        .count();
  }

  private RateLimitWorker work() {
    return RateLimitWorker.builder(queue)
        .taskQueue(id)
        .handler(event -> {})
        .connect(DevServer.shared().target(), DevServer.NAMESPACE);
  }

  private long looks() {
    return events(io.temporal.api.enums.v1.EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
  }

  /** Watches and looks alternate; the length of a watch determines their number per hour. */
  @Test
  void anIdleServiceDoesNothingButWatchAndLook() {
    try (RateLimitWorker worker = work()) {
      assertThat(worker.isWorking()).isTrue();
      client.start(
          id,
          ManagerOptions.continuous()
              .withDecisionIntervals(Duration.ofSeconds(1), Duration.ofMillis(200)));
      await().until(() -> looks() >= 20);

      long calls = looks();
      assertThat((long) temporal.client().fetchHistory(id).getEvents().size())
          .isLessThanOrEqualTo(EVENTS_OF_A_CALL * (calls + 1) + 4);
      assertThat(events(io.temporal.api.enums.v1.EventType.EVENT_TYPE_TIMER_STARTED)).isZero();
      client.stop(id);
      var unused = client.result(id, Duration.ofMinutes(1));
    }
    long hour = Duration.ofHours(1).toMillis();
    long callsAnHour = 2 * hour / ManagerOptions.continuous().idleInterval().toMillis();
    long beatsAnHour = hour / Timeouts.WATCH_HEARTBEAT_INTERVAL.toMillis();
    assertThat(EVENTS_OF_A_CALL * callsAnHour).isLessThan(MOST_EVENTS);
    assertThat(callsAnHour + beatsAnHour).isLessThan(MOST_ACTIONS);
  }

  @Test
  void aPublicationIsNoticedThoughNoDecisionIsDue() {
    try (RateLimitWorker worker = work()) {
      assertThat(worker.isWorking()).isTrue();
      client.start(id, ManagerOptions.continuous());
      await().until(() -> looks() >= 2);
      queue.publish(AuditEvent.of("e", EventType.NEW_BALANCE_UPDATE, "w"));

      await().until(() -> queue.stats().done() == 1);
      client.stop(id);
      assertThat(client.result(id, Duration.ofMinutes(1)).done()).isEqualTo(1);
    }
  }
}
