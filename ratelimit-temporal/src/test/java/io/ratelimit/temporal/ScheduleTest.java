package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerSchedule;
import io.ratelimit.testkit.server.DevServer;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Schedules, which only a real server has, not the in-process one. */
class ScheduleTest {

  private final String id = "schedule-" + UUID.randomUUID();

  @Test
  void aScheduleStartsManagersUntilItIsDeleted() {
    try (EventQueue queue = InMemoryEventQueue.create(RateLimit.of(600).perMinute());
        RateLimitWorker worker =
            RateLimitWorker.builder(queue)
                .handler(event -> {})
                .taskQueue(id)
                .connect(DevServer.shared().target(), DevServer.NAMESPACE);
        RateLimitClient client =
            RateLimitClient.connect(DevServer.shared().target(), DevServer.NAMESPACE, id)) {
      assertThat(worker).isNotNull();
      queue.publish(AuditEvent.of("e", EventType.NEW_BALANCE_UPDATE, "w"));

      client.createSchedule(id, ManagerOptions.round(), Duration.ofSeconds(1));
      assertThatThrownBy(() -> client.createSchedule(id, ManagerOptions.round()))
          .isInstanceOf(ManagerException.ScheduleConflict.class)
          .hasMessageContaining(id);

      await().until(() -> queue.stats().done() == 1);
      await().until(() -> client.describeSchedule(id).recent().size() >= 2);
      ManagerSchedule schedule = client.describeSchedule(id);
      assertThat(schedule.id()).isEqualTo(id);
      assertThat(schedule.every()).isEqualTo(Duration.ofSeconds(1));
      assertThat(schedule.paused()).isFalse();
      assertThat(schedule.next()).isNotEmpty();
      String first = schedule.recent().get(0).id();
      assertThat(first).startsWith(id);
      assertThat(client.result(first, Duration.ofSeconds(20)).done()).isEqualTo(1);

      client.deleteSchedule(id);
      assertThatThrownBy(() -> client.describeSchedule(id))
          .isInstanceOf(ManagerException.UnknownSchedule.class)
          .hasMessageContaining(id);
    }
  }

  @Test
  void whileOneManagerRunsNoOtherStarts() {
    // Without a worker, the first manager runs until somebody ends it.
    try (RateLimitClient client =
        RateLimitClient.connect(DevServer.shared().target(), DevServer.NAMESPACE, id)) {
      client.createSchedule(id, ManagerOptions.continuous(), Duration.ofSeconds(1));

      await().until(() -> client.describeSchedule(id).skipped() >= 1);
      ManagerSchedule schedule = client.describeSchedule(id);
      client.deleteSchedule(id);

      assertThat(schedule.running()).hasSize(1);
      assertThat(schedule.recent()).hasSize(1);
      client.terminate(schedule.running().get(0), "the test is over");
    }
  }

  @Test
  void nobodyKnowsASchedule() {
    try (RateLimitClient client =
        RateLimitClient.connect(DevServer.shared().target(), DevServer.NAMESPACE, id)) {
      assertThatThrownBy(() -> client.describeSchedule(id))
          .isInstanceOf(ManagerException.UnknownSchedule.class);
      assertThatThrownBy(() -> client.deleteSchedule(id))
          .isInstanceOf(ManagerException.UnknownSchedule.class);
      assertThatThrownBy(
              () -> client.createSchedule(id, ManagerOptions.round(), Duration.ofMillis(999)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 second");
    }
  }

  @Test
  void aTestServerSaysThatItHasNone() {
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance();
        RateLimitClient client = RateLimitClient.of(temporal.getWorkflowClient(), id)) {
      assertThatThrownBy(() -> client.createSchedule(id, ManagerOptions.round()))
          .isInstanceOf(ManagerException.Unsupported.class)
          .hasMessageContaining("has no schedules");
      assertThatThrownBy(() -> client.describeSchedule(id))
          .isInstanceOf(ManagerException.Unsupported.class);
      assertThatThrownBy(() -> client.deleteSchedule(id))
          .isInstanceOf(ManagerException.Unsupported.class);
    }
  }
}
