package io.ratelimit.temporal;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.ratelimit.temporal.manager.PollingWorker;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.common.v1.Payload;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.context.ContextPropagator;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.tuning.CompositeTuner;
import io.temporal.worker.tuning.FixedSizeSlotSupplier;
import io.temporal.worker.tuning.WorkerTuner;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

/** Workers in a host that uses Temporal itself; they leave the host's objects as they are. */
@Execution(ExecutionMode.CONCURRENT)
class HostTest {

  private static final Duration SOON = Duration.ofMinutes(2);

  private final String id = "host-" + UUID.randomUUID();
  private final EventQueue queue = InMemoryEventQueue.create(RateLimit.of(6_000).perMinute());
  private final Temporal temporal = Temporal.open();
  private final WorkerFactory factory = WorkerFactory.newInstance(temporal.client());
  private final RateLimitClient client = RateLimitClient.of(temporal.client(), id);
  private final List<String> handled = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    factory.shutdownNow();
    temporal.close();
    queue.close();
  }

  private RateLimitWorker.Builder worker() {
    return RateLimitWorker.builder(queue)
        .taskQueue(id)
        .handler(
            event -> {
              handled.add(event.id());
            });
  }

  private static void publish(EventQueue to, String event) {
    to.publish(AuditEvent.of(event, EventType.NEW_BALANCE_UPDATE, "w"));
  }

  private static long done(RateLimitClient client, String manager) {
    client.start(manager, ManagerOptions.round());
    return client.result(manager, SOON).done();
  }

  /** The host's own workflow. */
  @WorkflowInterface
  public interface Own {
    @WorkflowMethod
    String run(String name);
  }

  /** An activity of the host's. */
  @ActivityInterface
  public interface Greeter {
    String greet(String name);
  }

  /** Greets with the activity. */
  public static final class OwnImpl implements Own {
    @Override
    public String run(String name) {
      return Workflow.newActivityStub(
              Greeter.class,
              ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofSeconds(10)).build())
          .greet(name);
    }
  }

  private String greeting() {
    WorkflowStub own =
        temporal
            .client()
            .newUntypedWorkflowStub("Own", WorkflowOptions.newBuilder().setTaskQueue(id).build());
    var unused = own.start("host");
    return own.getResult(String.class);
  }

  @Test
  void theHostsOwnWorkersRunManagersBesideItsOwnWork() {
    Worker lanes = factory.newWorker(id);
    Worker calls = factory.newWorker(RateLimitWorker.queueCallsTaskQueue(id));
    lanes.registerWorkflowImplementationTypes(OwnImpl.class);
    lanes.registerActivitiesImplementations((Greeter) name -> "hello " + name);
    RateLimitWorker registered = worker().register(lanes, calls);
    assertThat(factory.isStarted()).isFalse();
    factory.start();

    publish(queue, "a");
    assertThat(done(client, id)).isEqualTo(1);

    registered.close();
    assertThat(registered.isWorking()).isFalse();
    assertThat(factory.isShutdown()).isFalse();
    assertThat(greeting()).isEqualTo("hello host");
  }

  @Test
  void whoDrainsHandsLanesToOthers() {
    Worker lanes = factory.newWorker(id);
    Worker calls = factory.newWorker(RateLimitWorker.queueCallsTaskQueue(id));
    RateLimitWorker drained = worker().name("drained").register(lanes, calls);
    factory.start();
    drained.close();

    publish(queue, "a");
    client.start(id, ManagerOptions.round().withDeadline(Duration.ofHours(1)));
    await().until(() -> client.status(id).queue().isPresent());
    assertThat(handled).isEmpty();
    try (Temporal elsewhere = Temporal.open();
        RateLimitWorker other =
            worker().name("other").start(WorkerFactory.newInstance(elsewhere.client()))) {
      assertThat(other.isWorking()).isTrue();
      assertThat(client.result(id, SOON).done()).isEqualTo(1);
      // Temporal retried the activity, but nothing had been taken, so there was one attempt.
      assertThat(queue.stats().starts()).isEqualTo(1);
    }
  }

  @Test
  void theCallsWorkerHasTheirTaskQueue() {
    Worker lanes = factory.newWorker(id);
    assertThatThrownBy(() -> worker().register(lanes, lanes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + RateLimitWorker.queueCallsTaskQueue(id) + "\"");
  }

  /** Temporal's Spring starter provides such a factory. */
  @Test
  void aFactoryThatWorksAlreadyIsLeftAsItIs() {
    Worker own = factory.newWorker("own-" + id);
    own.registerWorkflowImplementationTypes(OwnImpl.class);
    factory.start();

    RateLimitWorker worker = worker().start(factory);
    publish(queue, "a");
    assertThat(done(client, id)).isEqualTo(1);
    worker.close();

    assertThat(worker.isWorking()).isFalse();
    assertThat(factory.isShutdown()).isFalse();
    assertThat(own.isSuspended()).isFalse();
  }

  @Test
  void oneFactoryServesTwoQueues() {
    String second = id + "-second";
    EventQueue secondQueue = InMemoryEventQueue.create(RateLimit.of(6_000).perMinute());
    RateLimitWorker first = worker().start(factory);
    RateLimitWorker other =
        RateLimitWorker.builder(secondQueue)
            .taskQueue(second)
            .handler(
                event -> {
                  handled.add("second " + event.id());
                })
            .start(factory);

    publish(queue, "a");
    publish(secondQueue, "b");
    assertThat(done(client, id)).isEqualTo(1);
    assertThat(done(RateLimitClient.of(temporal.client(), second), second)).isEqualTo(1);
    assertThat(handled).containsExactly("a", "second b");

    first.close();
    assertThat(factory.isShutdown()).isFalse();
    assertThat(other.isWorking()).isTrue();
    other.close();
    secondQueue.close();
  }

  @Test
  void aTaskQueueWhoseOptionsWouldBeIgnoredIsRefused() {
    Worker own = factory.newWorker(id);
    assertThatThrownBy(() -> worker().start(factory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(own.getTaskQueue())
        .hasMessageContaining("register");
  }

  @Test
  void aFactoryThatIsShutDownIsRefused() {
    factory.start();
    factory.shutdown();
    assertThatThrownBy(() -> worker().start(factory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shut down");
  }

  /** Converters that could not convert the library's values, and one that encrypts. */
  static Stream<DataConverter> converters() {
    DataConverter bare = json(new ObjectMapper());
    return Stream.of(
        bare,
        json(
            JacksonJsonPayloadConverter.newDefaultObjectMapper()
                .setDefaultPropertyInclusion(JsonInclude.Include.NON_EMPTY)),
        new CodecDataConverter(bare, List.of(new FlippingCodec())));
  }

  private static DataConverter json(ObjectMapper mapper) {
    return DefaultDataConverter.newDefaultInstance()
        .withPayloadConverterOverrides(new JacksonJsonPayloadConverter(mapper));
  }

  @ParameterizedTest
  @MethodSource("converters")
  void whateverConverterTheHostHasManagersWork(DataConverter converter) {
    try (Temporal host = Temporal.open(options -> options.setDataConverter(converter));
        RateLimitWorker worker = worker().start(WorkerFactory.newInstance(host.client()))) {
      assertThat(worker.isWorking()).isTrue();
      RateLimitClient itsClient = RateLimitClient.of(host.client(), id);
      publish(queue, "a");
      itsClient.start(
          id,
          ManagerOptions.continuous()
              .withDecisionIntervals(Duration.ofMillis(200), Duration.ofMillis(500))
              .withDecisionsPerRun(3));
      await().until(() -> handled.contains("a"));
      await().until(() -> itsClient.status(id).runs() > 0);
      assertThat(itsClient.pause(id).pause()).isPresent();
      assertThat(itsClient.setWorkers(id, 2, 3).max()).isEqualTo(3);
      assertThat(itsClient.stop(id).state()).isEqualTo(ManagerStatus.State.STOPPING);
      assertThat(itsClient.result(id, SOON).done()).isEqualTo(1);
      boolean secret = converter instanceof CodecDataConverter;
      assertThat(temporal.client().fetchHistory(id).toJson(true).contains(base64("binary/flipped")))
          .isEqualTo(secret);
    }
  }

  /** The span that a tracing library binds to a thread. */
  private static final ThreadLocal<String> SPAN = new ThreadLocal<>();

  private static final class Tracing extends WorkerInterceptorBase {
    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
      return new ActivityInboundCallsInterceptorBase(next) {
        private String workflow = "";

        @Override
        public void init(ActivityExecutionContext context) {
          workflow = context.getInfo().getWorkflowId();
          super.init(context);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
          SPAN.set("span of " + workflow);
          try {
            return super.execute(input);
          } finally {
            SPAN.remove();
          }
        }
      };
    }
  }

  @Test
  void theHandlerReachesItsActivityAndWhatInterceptorsBindToIt() {
    List<String> seen = new CopyOnWriteArrayList<>();
    RateLimitWorker.Builder builder =
        RateLimitWorker.builder(queue)
            .taskQueue(id)
            .factoryOptions(options -> options.setWorkerInterceptors(new Tracing()))
            .handlerContext(
                attempt -> {
                  String span = SPAN.get();
                  return () -> {
                    SPAN.set(span);
                    try {
                      attempt.run();
                    } finally {
                      SPAN.remove();
                    }
                  };
                })
            .handler(
                event -> {
                  ActivityExecutionContext activity = RateLimitWorker.currentActivity();
                  activity.heartbeat("not the lane's");
                  seen.add(activity.getInfo().getActivityType());
                  seen.add(activity.getInfo().getWorkflowId());
                  seen.add(SPAN.get());
                  assertThatThrownBy(activity::doNotCompleteOnReturn)
                      .isInstanceOf(UnsupportedOperationException.class);
                });
    factory.start();
    RateLimitWorker worker = builder.start(factory);
    publish(queue, "a");

    assertThat(done(client, id)).isEqualTo(1);
    assertThat(seen).containsExactly(ManagerTypes.LANE, id, "span of " + id);
    assertThatThrownBy(RateLimitWorker::currentActivity).isInstanceOf(IllegalStateException.class);
    worker.close();
  }

  /** Adds the activity to the logs. */
  private static final class Logging extends WorkerInterceptorBase {
    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
      return new ActivityInboundCallsInterceptorBase(next) {
        private String activity = "";

        @Override
        public void init(ActivityExecutionContext context) {
          activity = context.getInfo().getActivityId();
          super.init(context);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
          MDC.put("activity", activity);
          try {
            return super.execute(input);
          } finally {
            MDC.remove("activity");
          }
        }
      };
    }
  }

  /** Propagates a tenant with the client's propagator. */
  private static final class Tenant implements ContextPropagator {
    static final ThreadLocal<String> OF = ThreadLocal.withInitial(() -> "");

    @Override
    public String getName() {
      return "tenant";
    }

    @Override
    public Map<String, Payload> serializeContext(Object context) {
      return Map.of("tenant", Payload.newBuilder().setData(copyFromUtf8((String) context)).build());
    }

    @Override
    public Object deserializeContext(Map<String, Payload> headers) {
      Payload sent = headers.get("tenant");
      return sent == null ? "" : sent.getData().toStringUtf8();
    }

    @Override
    public Object getCurrentContext() {
      return OF.get();
    }

    @Override
    public void setCurrentContext(Object context) {
      OF.set((String) context);
    }
  }

  @Test
  void theHandlersThreadHasTheMdcAndTheContextOfItsActivity() throws Exception {
    List<String> logged = new CopyOnWriteArrayList<>();
    List<String> tenants = new CopyOnWriteArrayList<>();
    try (ThreadsMdc mdc = new ThreadsMdc();
        Temporal host =
            Temporal.open(options -> options.setContextPropagators(List.of(new Tenant())));
        RateLimitWorker worker =
            RateLimitWorker.builder(queue)
                .taskQueue(id)
                .handler(
                    event -> {
                      String activity = RateLimitWorker.currentActivity().getInfo().getActivityId();
                      logged.add(activity + " logs as " + mdc.get("activity"));
                      tenants.add(Tenant.OF.get());
                    })
                .start(
                    WorkerFactory.newInstance(
                        host.client(),
                        WorkerFactoryOptions.newBuilder()
                            .setWorkerInterceptors(new Logging())
                            .build()))) {
      assertThat(worker.isWorking()).isTrue();
      publish(queue, "a");
      publish(queue, "b");
      Tenant.OF.set("acme");

      RateLimitClient itsClient = RateLimitClient.of(host.client(), id);
      itsClient.start(id, ManagerOptions.round().withEventsPerActivity(1));
      assertThat(itsClient.result(id, SOON).done()).isEqualTo(2);
      assertThat(logged)
          .hasSize(2)
          .doesNotHaveDuplicates()
          .allMatch(line -> line.matches("(\\S+) logs as \\1"));
      assertThat(tenants).containsExactly("acme", "acme");
    } finally {
      Tenant.OF.remove();
    }
  }

  @Test
  void workersActivitiesAndWorkflowsAreCustomized() {
    CountDownLatch mayFinish = new CountDownLatch(1);
    RateLimitWorker worker =
        RateLimitWorker.builder(queue)
            .taskQueue(id)
            .handler(
                event -> {
                  mayFinish.await();
                })
            .workerOptions(options -> options.setIdentity("the host's own name"))
            .laneOptions(options -> options.setSummary("a lane"))
            .queueCallOptions(options -> options.setSummary("a look"))
            .start(factory);
    publish(queue, "a");
    client
        .withWorkflowOptions(options -> options.setStaticSummary("the host's own words"))
        .start(id, ManagerOptions.round());
    await().until(() -> client.status(id).workersActive() == 1);

    assertThat(client.workers())
        .extracting(PollingWorker::identity)
        .contains("the host's own name");
    assertThat(temporal.client().newUntypedWorkflowStub(id).describe().getStaticSummary())
        .isEqualTo("the host's own words");
    mayFinish.countDown();
    assertThat(client.result(id, SOON).done()).isEqualTo(1);
    assertThat(temporal.client().fetchHistory(id).toJson(true))
        .contains(base64("\"a lane\""), base64("\"a look\""));
    worker.close();
  }

  private Optional<Integer> announced(String worker) {
    return client.workers().stream()
        .filter(seen -> seen.identity().contains(worker))
        .findFirst()
        .flatMap(PollingWorker::slots);
  }

  /** Before any manager runs. */
  @Test
  void workersAnnounceTheirSlots() {
    WorkerTuner tuner =
        new CompositeTuner(
            new FixedSizeSlotSupplier<>(5),
            new FixedSizeSlotSupplier<>(4),
            new FixedSizeSlotSupplier<>(5),
            new FixedSizeSlotSupplier<>(5));
    RateLimitWorker fixed = worker().name("fixed").concurrency(7).start(factory);
    RateLimitWorker tuned =
        worker()
            .name("tuned")
            .workerOptions(options -> options.setWorkerTuner(tuner))
            .start(factory);

    await().untilAsserted(() -> assertThat(client.workers()).hasSize(2));
    assertThat(announced("fixed")).contains(7);
    assertThat(announced("tuned")).contains(4);

    // A manager knows them from its first decision.
    publish(queue, "a");
    client.start(id, ManagerOptions.continuous());
    await().until(() -> client.status(id).slots().equals(Optional.of(11)));
    client.stop(id);
    assertThat(client.result(id, SOON).done()).isEqualTo(1);
    fixed.close();
    tuned.close();
  }

  /** Its identity is the host's own, without slots. */
  @Test
  void theSlotsOfAHostsOwnWorkerAreUnknown() {
    Worker lanes =
        factory.newWorker(id, WorkerOptions.newBuilder().setIdentity("the host's").build());
    Worker calls = factory.newWorker(RateLimitWorker.queueCallsTaskQueue(id));
    RateLimitWorker hosts = worker().register(lanes, calls);
    factory.start();

    await().untilAsserted(() -> assertThat(client.workers()).hasSize(1));
    assertThat(announced("the host's")).isEmpty();
    hosts.close();
  }

  private static String base64(String text) {
    return Base64.getEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }
}
