package io.ratelimit.temporal.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.FlippingCodec;
import io.ratelimit.temporal.HangingQueue;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.temporal.Temporal;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerQuery;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.ratelimit.testkit.server.DevServer;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.RawValue;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kind of failure has its own exception. */
class FailuresTest {

  private static final Duration SOON = Duration.ofMinutes(2);

  private static final Map<Status.Code, Class<? extends ManagerException>> MEANINGS =
      Map.ofEntries(
          Map.entry(Status.Code.CANCELLED, ManagerException.Cancelled.class),
          Map.entry(Status.Code.UNKNOWN, ManagerException.Unexpected.class),
          Map.entry(Status.Code.INVALID_ARGUMENT, ManagerException.Refused.class),
          Map.entry(Status.Code.DEADLINE_EXCEEDED, ManagerException.ServerUnreachable.class),
          Map.entry(Status.Code.NOT_FOUND, ManagerException.Unexpected.class),
          Map.entry(Status.Code.ALREADY_EXISTS, ManagerException.Unexpected.class),
          Map.entry(Status.Code.PERMISSION_DENIED, ManagerException.Denied.class),
          Map.entry(Status.Code.RESOURCE_EXHAUSTED, ManagerException.Overloaded.class),
          Map.entry(Status.Code.FAILED_PRECONDITION, ManagerException.Unexpected.class),
          Map.entry(Status.Code.ABORTED, ManagerException.Unexpected.class),
          Map.entry(Status.Code.OUT_OF_RANGE, ManagerException.Unexpected.class),
          Map.entry(Status.Code.UNIMPLEMENTED, ManagerException.Unsupported.class),
          Map.entry(Status.Code.INTERNAL, ManagerException.Unexpected.class),
          Map.entry(Status.Code.UNAVAILABLE, ManagerException.ServerUnreachable.class),
          Map.entry(Status.Code.DATA_LOSS, ManagerException.Unexpected.class),
          Map.entry(Status.Code.UNAUTHENTICATED, ManagerException.Denied.class));

  private final String id = "failures-" + UUID.randomUUID();
  private final Temporal temporal = Temporal.open();
  private final RateLimitClient client = RateLimitClient.of(temporal.client(), id);
  private final Failures failures = new Failures(temporal.client());

  @AfterEach
  void close() {
    temporal.close();
  }

  private static ManagerOptions service() {
    return ManagerOptions.continuous()
        .withDecisionIntervals(Duration.ofMillis(200), Duration.ofSeconds(1));
  }

  /** Returns a stub for another workflow with this test's id. */
  private WorkflowStub other(String type) {
    return temporal
        .client()
        .newUntypedWorkflowStub(
            type, WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue(id).build());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void eachCodeOfTheServerHasAMeaning(Status.Code code) {
    StatusRuntimeException answer =
        new StatusRuntimeException(
            code.toStatus()
                .withDescription("the server's own words\nChannel Pipeline: [SslHandler#0]")
                .withCause(new IOException("not an SSL/TLS record")));

    assertThat(failures.ofServer(answer))
        .isExactlyInstanceOf(MEANINGS.get(code))
        .hasCause(answer)
        .hasMessageNotContainingAny("Pipeline", "\\u000a");
    if (MEANINGS.get(code) == ManagerException.ServerUnreachable.class) {
      assertThat(failures.ofServer(answer)).hasMessageContaining("words: not an SSL/TLS record)");
    }
    if (MEANINGS.get(code) == ManagerException.Unexpected.class) {
      assertThat(failures.ofServer(answer))
          .hasMessageContaining(code.name())
          .hasMessageContaining("the server's own words");
    }
  }

  /** For these codes, the client looks up the manager, which does not exist. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void eachCodeHasItForManagersToo(Status.Code code) {
    StatusRuntimeException answer = new StatusRuntimeException(code.toStatus());
    boolean lookedUp =
        Set.of(
                Status.Code.DEADLINE_EXCEEDED,
                Status.Code.FAILED_PRECONDITION,
                Status.Code.NOT_FOUND)
            .contains(code);

    assertThat(failures.ofManager(id, answer))
        .isExactlyInstanceOf(lookedUp ? ManagerException.UnknownManager.class : MEANINGS.get(code));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OK", "NOT_FOUND"})
  void eachCodeHasItForSchedulesToo(Status.Code code) {
    StatusRuntimeException answer = new StatusRuntimeException(code.toStatus());

    assertThat(failures.ofSchedule(id, answer)).isExactlyInstanceOf(MEANINGS.get(code));
  }

  @Test
  void whatIsNoAnswerOfTemporalStaysWhatItIs() {
    IllegalStateException bug = new IllegalStateException("a bug");

    assertThat(failures.ofManager(id, bug)).isSameAs(bug);
    assertThat(failures.ofSchedule(id, bug)).isSameAs(bug);
  }

  @Test
  void anIdThatIsTooLongIsRefused() {
    String tooLong = "x".repeat(1_001);

    for (Runnable call :
        List.<Runnable>of(
            () -> client.start(tooLong, service()),
            () -> client.createSchedule(tooLong, service()))) {
      assertThatThrownBy(call::run)
          .isInstanceOf(ManagerException.Refused.class)
          .hasMessageContaining("length");
    }
  }

  @Test
  void aManagerThatWasTerminatedIsSaidToBeSo() {
    client.start(id, service());
    client.terminate(id, "the test's reason");

    assertThatThrownBy(() -> client.result(id, SOON))
        .isInstanceOf(ManagerException.Ended.class)
        .hasMessageContaining("terminated");
    for (Runnable call :
        List.<Runnable>of(
            () -> client.stop(id),
            () -> client.pause(id),
            () -> client.changeLimit(id, RateLimit.of(1).perMinute()),
            () -> client.terminate(id, "again"))) {
      assertThatThrownBy(call::run)
          .isInstanceOf(ManagerException.NotRunning.class)
          .hasMessageContaining("terminated at");
    }
    assertThat(client.describe(id).status()).isEqualTo("TERMINATED");
    assertThat(client.describe(id).closedAt()).isPresent();
  }

  @Test
  void withoutAWorkerTheTaskQueueIsNamed() {
    client.start(id, service());
    try {
      assertThatThrownBy(() -> client.status(id))
          .isInstanceOf(ManagerException.NoAnswer.class)
          .hasMessageContaining("no worker asks for work of its task queue \"" + id);
      assertThat(client.describe(id).state()).contains(ManagerStatus.State.STARTING);
      assertThat(client.describe(id).problem()).isEmpty();
      assertThat(client.workers()).isEmpty();
    } finally {
      client.terminate(id, "the test is over");
    }
  }

  @Test
  void whereTheServerDoesNotTellWhoPollsTheFailureOfTheCallStands() {
    try (TestWorkflowEnvironment untold = TestWorkflowEnvironment.newInstance()) {
      RateLimitClient.of(untold.getWorkflowClient(), id).start(id, service());
      StatusRuntimeException late =
          new StatusRuntimeException(Status.DEADLINE_EXCEEDED.withDescription("late"));

      assertThat(new Failures(untold.getWorkflowClient()).ofManager(id, late))
          .isExactlyInstanceOf(ManagerException.NoAnswer.class)
          .hasMessageContaining("its workers did not get to it in time")
          .hasCause(late);
    }
  }

  /** A workflow that has only names in common with managers. */
  @WorkflowInterface
  public interface Other {
    @WorkflowMethod(name = "Payment")
    String run(RawValue options);

    @SignalMethod
    void stop();
  }

  /** A workflow that waits. */
  public static final class Payment implements Other {
    private boolean stopped;

    @Override
    public String run(RawValue options) {
      Workflow.await(() -> stopped);
      return "paid";
    }

    @Override
    public void stop() {
      stopped = true;
    }
  }

  /** A manager's workflow type, served by a broken worker. */
  @WorkflowInterface
  public interface BrokenManager {
    @WorkflowMethod(name = ManagerTypes.WORKFLOW)
    String run(RawValue options);
  }

  /** A workflow whose task always fails. */
  public static final class Failing implements BrokenManager {
    @Override
    public String run(RawValue options) {
      throw new AssertionError("this version cannot go on");
    }
  }

  @Test
  void aManagerWhoseTaskFailsIsStuckAndGoesOnUnderAWorkerThatCan() {
    WorkerFactory broken = WorkerFactory.newInstance(temporal.client());
    Worker worker = broken.newWorker(id);
    worker.registerWorkflowImplementationTypes(Failing.class);
    broken.start();
    try {
      client.start(id, service());
      await().until(() -> client.describe(id).problem().isPresent());

      for (Runnable call :
          List.<Runnable>of(
              () -> client.status(id),
              () -> client.stop(id),
              () -> client.pause(id),
              () -> client.setWorkers(id, 1, 2),
              () -> client.result(id, Duration.ofMillis(100)))) {
        assertThatThrownBy(call::run)
            .isInstanceOf(ManagerException.Stuck.class)
            .hasMessageContaining(id)
            .hasMessageContaining("this version cannot go on")
            .hasMessageContaining("terminate ends it");
      }
      await()
          .untilAsserted(
              () ->
                  assertThat(client.list(ManagerQuery.RUNNING).managers())
                      .singleElement()
                      .extracting(ManagerDescription::problem)
                      .isNotEqualTo(Optional.empty()));
    } finally {
      broken.shutdownNow();
    }
    try (EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
        RateLimitWorker able =
            RateLimitWorker.builder(queue)
                .handler(event -> {})
                .taskQueue(id)
                .connect(DevServer.shared().target(), DevServer.NAMESPACE)) {
      assertThat(able.isWorking()).isTrue();
      await().until(() -> client.describe(id).problem().isEmpty());
      client.stop(id);
      assertThat(client.result(id, SOON).done()).isZero();
    }
  }

  @Test
  void aWorkflowOfAnotherTypeIsLeftAlone() {
    WorkerFactory factory = WorkerFactory.newInstance(temporal.client());
    factory.newWorker(id).registerWorkflowImplementationTypes(Payment.class);
    factory.start();
    try {
      WorkflowStub payment = other("Payment");
      var unused = payment.start(Json.raw("an amount"));

      for (Runnable call :
          List.<Runnable>of(
              () -> client.stop(id),
              () -> client.terminate(id, "x"),
              () -> client.pause(id),
              () -> client.resume(id),
              () -> client.setWorkers(id, 1, 2),
              () -> client.changeLimit(id, RateLimit.of(1).perMinute()),
              () -> client.status(id),
              () -> client.describe(id),
              () -> client.result(id, Duration.ofMillis(100)))) {
        assertThatThrownBy(call::run)
            .isInstanceOf(ManagerException.NotAManager.class)
            .hasMessageContaining("Payment");
      }
      payment.signal("stop");
      assertThat(payment.getResult(String.class)).isEqualTo("paid");
      assertThatThrownBy(() -> client.result(id, SOON))
          .isInstanceOf(ManagerException.NotAManager.class);
    } finally {
      factory.shutdownNow();
    }
  }

  @Test
  void anAnswerInAnotherCodecIsSaidToBeUnreadable() {
    CodecDataConverter encrypting =
        new CodecDataConverter(
            DefaultDataConverter.newDefaultInstance(), List.of(new FlippingCodec()));
    try (Temporal secret = Temporal.open(options -> options.setDataConverter(encrypting));
        EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
        RateLimitWorker worker =
            RateLimitWorker.builder(queue)
                .handler(event -> {})
                .taskQueue(id)
                .start(WorkerFactory.newInstance(secret.client()))) {
      assertThat(worker.isWorking()).isTrue();
      RateLimitClient knowing = RateLimitClient.of(secret.client(), id);
      knowing.start(id, ManagerOptions.round());
      assertThat(knowing.result(id, SOON).done()).isZero();
      assertThat(knowing.describe(id).pending()).contains(0L);

      for (Runnable call :
          List.<Runnable>of(() -> client.status(id), () -> client.result(id, SOON))) {
        assertThatThrownBy(call::run)
            .isInstanceOf(ManagerException.Unreadable.class)
            .hasMessageContaining("codec");
      }
      assertThat(client.describe(id).pending()).isEmpty();
    }
  }

  @Test
  void aQueueThatCannotBeReachedIsNotARefusal() {
    HangingQueue hanging = new HangingQueue(RateLimit.of(20).perMinute());
    try (EventQueue queue = hanging.queue();
        RateLimitWorker worker =
            RateLimitWorker.builder(queue)
                .handler(event -> {})
                .taskQueue(id)
                .connect(DevServer.shared().target(), DevServer.NAMESPACE)) {
      assertThat(worker.isWorking()).isTrue();
      client.start(id, service());
      await().until(() -> client.describe(id).pending().isPresent());

      hanging.hang();
      assertThatThrownBy(() -> client.changeLimit(id, RateLimit.of(30).perMinute()))
          .isInstanceOf(ManagerException.QueueUnreachable.class)
          .hasMessageContaining("cannot reach its queue");
      hanging.goOn();
      client.stop(id);
    } finally {
      hanging.goOn();
    }
  }
}
