package io.ratelimit.temporal.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.temporal.Temporal;
import io.ratelimit.temporal.internal.wire.Activities;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.LaneReports;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.ratelimit.testkit.server.DevServer;
import io.temporal.api.common.v1.Payload;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.common.converter.RawValue;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The input of a manager's start, and the answers of its workers, may be unreadable. */
class StartInputTest {

  private static final Duration SOON = Duration.ofMinutes(2);

  private final String id = "input-" + UUID.randomUUID();
  private final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(6_000).perMinute());
  private final Temporal temporal = Temporal.open();
  private final RateLimitClient client = RateLimitClient.of(temporal.client(), id);

  @AfterEach
  void close() {
    temporal.close();
    queue.close();
  }

  private RateLimitWorker work() {
    return RateLimitWorker.builder(queue)
        .handler(event -> {})
        .taskQueue(id)
        .connect(DevServer.shared().target(), DevServer.NAMESPACE);
  }

  private static RawValue json(String text) {
    return new RawValue(
        Payload.newBuilder()
            .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
            .setData(ByteString.copyFromUtf8(text))
            .build());
  }

  private void start(Object... input) {
    WorkflowStub manager =
        temporal
            .client()
            .newUntypedWorkflowStub(
                ManagerTypes.WORKFLOW,
                WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue(id).build());
    var unused = manager.start(input);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                  | need \"mode\"",
        "{\"mode\":\"ROUND\"}                                | need \"terms\"",
        "{\"mode\":\"ROUND\",\"deadline\":180}               | need \"terms\"",
        "{\"mode\":\"NEVER\",\"terms\":{}}                   | NEVER",
        "{\"mode\":\"ROUND\",\"terms\":{\"deadline\":-1}}    | deadline",
        "{\"mode\":\"ROUND\",\"terms\":7}                    | cannot be read",
        "{\"mode\":\"ROUND\",\"terms\":{},\"eventsPerActivity\":0} | events per activity",
        "[1]                                                 | there are none",
        "7                                                   | there are none",
        "{                                                   | not JSON",
        "null                                                | there are none"
      })
  void malformedOptionsEndTheManagerAndSayWhy(String input, String why) {
    RateLimitWorker worker = work();
    try {
      start(json(input));

      assertThatThrownBy(() -> client.result(id, SOON))
          .isInstanceOf(ManagerException.Ended.class)
          .hasMessageContaining(why)
          .hasMessageContaining("with options of this version");
      assertThat(client.describe(id).status()).isEqualTo("FAILED");
      assertThatThrownBy(() -> client.status(id))
          .isInstanceOf(ManagerException.Refused.class)
          .hasMessageContaining(why);
    } finally {
      worker.close();
    }
  }

  @Test
  void aManagerWithoutAnyInputEndsToo() {
    RateLimitWorker worker = work();
    try {
      start();
      assertThatThrownBy(() -> client.result(id, SOON))
          .isInstanceOf(ManagerException.Ended.class)
          .hasMessageContaining("needs options");
    } finally {
      worker.close();
    }
  }

  /** A manager accepts carried state only from a previous run. */
  @Test
  void nobodyElseMayHandOverAState() {
    RateLimitWorker worker = work();
    try {
      start(Json.raw(ManagerOptions.round()), json("{\"startedAt\":\"NaN\"}"));

      assertThatThrownBy(() -> client.result(id, SOON))
          .isInstanceOf(ManagerException.Ended.class)
          .hasMessageContaining("with its options only");
    } finally {
      worker.close();
    }
  }

  @Test
  void aManagerThatAsksForMoreThanItsWorkersAllowGetsThatAndSaysSo() {
    RateLimitWorker worker =
        RateLimitWorker.builder(queue)
            .handler(event -> {})
            .taskQueue(id)
            .caps(ManagerCaps.DEFAULT.withMostWorkers(3).withMostEventsPerActivity(5))
            .connect(DevServer.shared().target(), DevServer.NAMESPACE);
    try {
      start(
          json(
              "{\"mode\":\"CONTINUOUS\",\"terms\":{\"decisionInterval\":1e-9,\"workers\":"
                  + "{\"min\":200,\"max\":500}},\"idleInterval\":1e-9,\"eventsPerActivity\":900,"
                  + "\"shutdownGrace\":1e18}"));
      await().until(() -> client.status(id).capped().isPresent());
      ManagerStatus status = client.status(id);
      ManagerOptions holds = status.capped().orElseThrow();

      assertThat(holds.terms().workers()).isEqualTo(new WorkerRange(3, 3));
      assertThat(holds.terms().decisionInterval()).isEqualTo(ManagerCaps.SHORTEST_INTERVAL);
      assertThat(holds.idleInterval()).isEqualTo(ManagerCaps.SHORTEST_INTERVAL);
      assertThat(holds.eventsPerActivity()).contains(5);
      assertThat(holds.shutdownGrace()).isEqualTo(Duration.ofDays(1));
      assertThat(status.workersWanted()).isLessThanOrEqualTo(3);
      assertThatThrownBy(() -> client.setWorkers(id, 1, 4))
          .isInstanceOf(ManagerException.Refused.class)
          .hasMessageContaining("1 to 3 but is 4");
      client.setWorkers(id, 1, 2);
      client.stop(id);
    } finally {
      worker.close();
    }
  }

  /** The manager survives any signal and update. */
  @Test
  void whatCannotBeUnderstoodMeanwhileChangesNothing() {
    RateLimitWorker worker = work();
    try {
      client.start(id, ManagerOptions.continuous());
      WorkflowStub manager = temporal.client().newUntypedWorkflowStub(id);
      for (String garbage : new String[] {"7", "null", "{}", "{\"tally\":{}}", "{", "[]"}) {
        manager.signal(LaneReports.LANE_ENDED, json("\"lane\""), json(garbage));
        manager.signal(LaneReports.LANE_ENDED, json(garbage), json("{}"));
        for (String update : new String[] {"changeLimit", "setWorkers"}) {
          assertThatThrownBy(() -> manager.update(update, RawValue.class, json(garbage)))
              .as(update + ' ' + garbage)
              .isInstanceOf(WorkflowUpdateException.class);
        }
      }
      manager.signal(LaneReports.LANE_ENDED);

      assertThat(client.status(id).state()).isEqualTo(ManagerStatus.State.NORMAL);
      client.stop(id);
      assertThat(client.result(id, SOON).done()).isZero();
    } finally {
      worker.close();
    }
  }

  /** A person in the Temporal UI, or a version before a field was added, may leave out fields. */
  @Test
  void fieldsThatAreLeftOutHaveTheirDefaults() {
    ManagerOptions defaults = ManagerOptions.round();

    assertThat(OptionsJson.read(json("{\"mode\":\"ROUND\",\"terms\":{}}"))).isEqualTo(defaults);
    assertThat(OptionsJson.read(json("{\"mode\":\"CONTINUOUS\",\"terms\":{},\"newer\":1}")))
        .isEqualTo(ManagerOptions.continuous());
    assertThat(
            OptionsJson.read(
                json("{\"mode\":\"ROUND\",\"terms\":{\"deadline\":60,\"workers\":{\"max\":3}}}")))
        .isEqualTo(defaults.withDeadline(Duration.ofMinutes(1)).withWorkers(1, 3));
    ManagerOptions other =
        ManagerOptions.continuous()
            .withQueue("audits")
            .withEmergencyLimit(RateLimit.of(60).perMinute())
            .withDecisionsPerRun(7)
            .withWorkers(2, 5);
    assertThat(OptionsJson.read(Json.raw(other))).isEqualTo(other);
  }

  /** Answers in a form that this version cannot read. */
  private static final class OtherVersion implements Activities.Queue {
    @Override
    public RawValue decide(RawValue queue, RawValue request) {
      return json("{\"begin\":\"in another form\"}");
    }

    @Override
    public RawValue watch(RawValue queue, RawValue request) {
      return json("7");
    }

    @Override
    public RawValue applyLimit(RawValue queue, RawValue change) {
      return json("7");
    }

    @Override
    public RawValue report(RawValue queue, RawValue request) {
      return json("7");
    }
  }

  @Test
  void anAnswerInAnotherFormLosesNothing() {
    WorkerFactory factory = WorkerFactory.newInstance(temporal.client());
    Worker managers = factory.newWorker(id);
    ManagerShell.register(managers, CallOptions.DEFAULT);
    factory
        .newWorker(RateLimitWorker.queueCallsTaskQueue(id))
        .registerActivitiesImplementations(new OtherVersion());
    factory.start();
    client.start(id, ManagerOptions.round());
    try {
      await().until(() -> client.describe(id).problem().isPresent());
      assertThat(client.describe(id).running()).isTrue();
      assertThatThrownBy(() -> client.stop(id)).isInstanceOf(ManagerException.Stuck.class);
    } finally {
      factory.shutdownNow();
      client.terminate(id, "the test is over");
    }
  }
}
