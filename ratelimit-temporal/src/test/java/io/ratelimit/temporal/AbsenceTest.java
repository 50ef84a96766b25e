package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.Lateness;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Missing workers or a missing queue; Temporal's in-process server skips time. */
class AbsenceTest {

  private static final Duration DEADLINE = Duration.ofSeconds(8);

  /** The server does not skip time while a task waits for a worker. */
  private static final Duration ABSENCE = Duration.ofSeconds(12);

  private final TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance();
  private final Outage outage = new Outage();
  private final EventQueue queue =
      outage.of(InMemoryEventQueue.create(RateLimit.of(6_000).perMinute()));

  @AfterEach
  void close() {
    temporal.close();
    queue.close();
  }

  private WorkflowStub started() {
    WorkflowStub manager =
        temporal
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                ManagerTypes.WORKFLOW,
                WorkflowOptions.newBuilder()
                    .setWorkflowId("m")
                    .setTaskQueue(RateLimitWorker.DEFAULT_TASK_QUEUE)
                    .build());
    var unused = manager.start(Json.raw(ManagerOptions.round().withDeadline(DEADLINE)));
    return manager;
  }

  private RateLimitWorker worker() {
    return RateLimitWorker.builder(queue).handler(event -> {}).start(temporal.getWorkerFactory());
  }

  @Test
  void theDeadlineCountsFromTheStartThoughNobodyWorkedAtFirst() {
    queue.publish(AuditEvent.of("e", EventType.NEW_BALANCE_UPDATE, "w"));
    WorkflowStub manager = started();
    temporal.sleep(ABSENCE);
    try (RateLimitWorker worker = worker()) {
      assertThat(worker.isWorking()).isTrue();
      RoundReport report = manager.getResult(RoundReport.class);

      assertThat(report.deadlineMet()).isFalse();
      assertThat(report.remaining()).isEqualTo(1);
      assertThat(report.elapsed()).isGreaterThanOrEqualTo(ABSENCE);
      assertThat(report.lateness().map(Lateness::cause)).contains(Lateness.Cause.START_HELD);
      assertThat(report.notes())
          .anyMatch(note -> note.matches("there was no worker for \\d\\d\\..*"));
    }
  }

  @Test
  void aRoundWhoseQueueIsNeverReachedEndsAndSaysWhy() {
    outage.away(true);
    try (RateLimitWorker worker = worker()) {
      assertThat(worker.isWorking()).isTrue();
      assertThatThrownBy(() -> started().getResult(RoundReport.class))
          .isInstanceOf(WorkflowFailedException.class)
          .cause()
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure -> assertThat(failure.getType()).isEqualTo(ManagerTypes.QUEUE_UNREACHABLE))
          .hasMessageContaining("the store does not answer");
    }
  }

  @Test
  void aRoundThatLosesItsQueueEndsAtItsDeadlineWithWhatItSawLast() {
    queue.publish(AuditEvent.of("e", EventType.NEW_BALANCE_UPDATE, "w"));
    try (RateLimitWorker worker =
        RateLimitWorker.builder(queue)
            .handler(
                event -> {
                  outage.away(true);
                  throw new IllegalStateException("the store went away");
                })
            .start(temporal.getWorkerFactory())) {
      assertThat(worker.isWorking()).isTrue();
      RoundReport report = started().getResult(RoundReport.class);

      assertThat(report.remaining()).isEqualTo(1);
      assertThat(report.deadlineMet()).isFalse();
      assertThat(report.notes())
          .anyMatch(note -> note.startsWith("the queue could not be read at the end"));
    }
  }
}
