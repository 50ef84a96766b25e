package io.ratelimit.temporal;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.engine.LaneBuilder;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.internal.engine.LaneSettings;
import io.ratelimit.core.internal.engine.LeftToOthers;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.internal.history.HistoryKeeper;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.temporal.internal.client.Connection;
import io.ratelimit.temporal.internal.lane.ActiveLanes;
import io.ratelimit.temporal.internal.lane.LaneActivity;
import io.ratelimit.temporal.internal.queue.QueueActivities;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.PollerIdentity;
import io.ratelimit.temporal.internal.worker.HandlerThreads;
import io.ratelimit.temporal.internal.worker.Home;
import io.ratelimit.temporal.internal.workflow.CallOptions;
import io.ratelimit.temporal.internal.workflow.ManagerShell;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerException;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.VersioningBehavior;
import io.temporal.common.context.ContextPropagator;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerDeploymentOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.tuning.WorkerTuner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Temporal worker that runs managers and their lanes over a queue. Any number of processes may
 * each run one on the same task queue and the same {@link EventQueue}; they share the work, and the
 * limit holds over all of them.
 *
 * <pre>{@code
 * RateLimitWorker worker = RateLimitWorker.builder(queue)
 *     .handler(exchange::audit)
 *     .connect("localhost:7233", "default");
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class RateLimitWorker implements AutoCloseable {

  /** The task queue of a queue that has no name. */
  public static final String DEFAULT_TASK_QUEUE = "ratelimit";

  /** Each holds a slot while it waits, in which no lane can be begun without asking for it. */
  private static final int POLLERS = 2;

  private static final int FIRST_JAVA_WITH_VIRTUAL_THREADS = 21;

  private static final Logger LOG = LoggerFactory.getLogger(RateLimitWorker.class);

  private final String name;
  private final Home home;
  private final AttemptRunner runner;
  private final ActiveLanes lanes;
  private final Duration grace;
  private final Optional<HistoryKeeper> history;

  private RateLimitWorker(
      String name,
      Home home,
      AttemptRunner runner,
      ActiveLanes lanes,
      Duration grace,
      Optional<HistoryKeeper> history) {
    this.name = name;
    this.home = home;
    this.runner = runner;
    this.lanes = lanes;
    this.grace = grace;
    this.history = history;
  }

  /** Prepares a worker for a queue. Closing the worker leaves the queue open. */
  public static Builder builder(EventQueue queue) {
    return new Builder(queue);
  }

  /**
   * Returns the task queue that managers and lanes of a queue have by default: the queue's name, or
   * {@value #DEFAULT_TASK_QUEUE} if it has none.
   */
  public static String defaultTaskQueue(EventQueue queue) {
    return queue.name().orElse(DEFAULT_TASK_QUEUE);
  }

  /**
   * Returns the task queue of the short calls that managers of a task queue make. It is a separate
   * one, so lanes that wait for the limit in every slot cannot delay them.
   */
  public static String queueCallsTaskQueue(String taskQueue) {
    return Timeouts.queueCalls(taskQueue);
  }

  /**
   * Returns the activity that a handler works for, with its workflow, attempt and task. Call it in
   * the thread that calls the handler. The lane sends the heartbeats; heartbeats of a handler do
   * nothing.
   *
   * @throws IllegalStateException if no handler of a worker runs in this thread
   */
  public static ActivityExecutionContext currentActivity() {
    return HandlerThreads.activity();
  }

  /**
   * Returns whether it asks for work, which it does until it is closed or its factory is shut down.
   */
  public boolean isWorking() {
    return !lanes.isDraining() && home.isOpen();
  }

  /**
   * Returns notes about the history that this worker keeps rounds in, each as a sentence: since
   * when it has kept none, and how many rounds wait or were lost. Empty while all is well.
   */
  public List<String> historyNotes() {
    return history.map(HistoryKeeper::notes).orElse(List.of());
  }

  /**
   * Stops gracefully: accepts no more work, lets events in hand finish within the grace period,
   * then interrupts their handlers and gives the events back. Another worker continues the rest. A
   * factory, worker or connection that was passed in stays open; close this worker before you shut
   * them down. Closing again does nothing. If a handler calls it, it returns at once, and the
   * worker stops afterward.
   */
  @Override
  public void close() {
    if (runner.isCurrent()) {
      new Thread(this::closeAndWait, name + "-end").start();
    } else {
      closeAndWait();
    }
  }

  private void closeAndWait() {
    if (lanes.drain()) {
      LOG.info(
          "worker {} is draining: events in hand may finish within {}",
          Printable.text(name),
          grace);
    }
    home.stopPolling();
    if (!lanes.awaitNone(grace)) {
      LOG.info("worker {} gives back unfinished events", Printable.text(name));
      lanes.interrupt();
      boolean unused = lanes.awaitNone(Timeouts.INTERRUPTED_LANES);
    }
    home.close();
    runner.close();
    history.ifPresent(HistoryKeeper::close);
  }

  /** Configures a worker. Not thread-safe. */
  public static final class Builder extends LaneBuilder<Builder> {
    private final EventQueue queue;
    private @Nullable String taskQueue;
    private Consumer<WorkerFactoryOptions.Builder> factoryOptions = options -> {};
    private Consumer<WorkerOptions.Builder> workerOptions = options -> {};
    private Consumer<ActivityOptions.Builder> laneOptions = options -> {};
    private Consumer<ActivityOptions.Builder> queueCallOptions = options -> {};
    private UnaryOperator<Runnable> handlerContext = UnaryOperator.identity();
    private int concurrency = 10;
    private ManagerCaps caps = ManagerCaps.DEFAULT;

    private Builder(EventQueue queue) {
      super(queue, "worker", Optional.of(Timeouts.LONGEST_HANDLER));
      this.queue = queue;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the task queue that managers name; {@link #defaultTaskQueue} by default. */
    @CanIgnoreReturnValue
    public Builder taskQueue(String newTaskQueue) {
      this.taskQueue = Requirements.notBlank("task queue", newTaskQueue);
      return this;
    }

    /**
     * Sets how many lanes this process runs at most; 10 by default.
     *
     * @throws IllegalArgumentException if the number is below 1
     */
    @CanIgnoreReturnValue
    public Builder concurrency(int lanes) {
      this.concurrency = Requirements.atLeast("concurrency", lanes, 1);
      return this;
    }

    /**
     * Sets the most that managers may ask for, whoever starts them; {@link ManagerCaps#DEFAULT} by
     * default. All workers of a task queue should have the same caps.
     */
    @CanIgnoreReturnValue
    public Builder caps(ManagerCaps newCaps) {
      this.caps = requireNonNull(newCaps, "caps");
      return this;
    }

    /**
     * Changes the options of a factory that this worker creates, because none is given or the given
     * one has already started. May be called several times.
     */
    @CanIgnoreReturnValue
    public Builder factoryOptions(Consumer<WorkerFactoryOptions.Builder> change) {
      this.factoryOptions = factoryOptions.andThen(change);
      return this;
    }

    /**
     * Changes the options of the Temporal worker that runs managers and lanes, unless it belongs to
     * the host. The options already contain what this worker needs, such as its concurrency. May be
     * called several times.
     *
     * <p>Deployment options also apply to the worker of the short calls. With versioning, they must
     * name a default behavior, usually {@link VersioningBehavior#AUTO_UPGRADE}; otherwise the start
     * fails with an {@link IllegalStateException}.
     */
    @CanIgnoreReturnValue
    public Builder workerOptions(Consumer<WorkerOptions.Builder> change) {
      this.workerOptions = workerOptions.andThen(change);
      return this;
    }

    /**
     * Changes the options with which managers start lanes. They already contain the timeouts that
     * this library relies on. May be called several times; all workers of a task queue should do
     * the same.
     */
    @CanIgnoreReturnValue
    public Builder laneOptions(Consumer<ActivityOptions.Builder> change) {
      this.laneOptions = laneOptions.andThen(change);
      return this;
    }

    /** The same for the short calls with which managers read and change their queue. */
    @CanIgnoreReturnValue
    public Builder queueCallOptions(Consumer<ActivityOptions.Builder> change) {
      this.queueCallOptions = queueCallOptions.andThen(change);
      return this;
    }

    /**
     * Carries context that is bound to the activity's thread, such as a trace, into the handler's
     * thread: {@code attempt -> Context.current().wrap(attempt)}. The function is called for each
     * attempt in the activity's thread, within Temporal's interceptors; its result runs in the
     * handler's thread. SLF4J's MDC and the client's context propagators are always carried over.
     */
    @CanIgnoreReturnValue
    public Builder handlerContext(UnaryOperator<Runnable> carrier) {
      this.handlerContext = requireNonNull(carrier, "carrier");
      return this;
    }

    /**
     * Uses workers that the host owns: registers what managers and lanes need, and starts or stops
     * nothing. The workers' own options apply, including how many lanes run at once; let them send
     * heartbeats during a shutdown ({@code setAllowActivityHeartbeatDuringShutdown}).
     *
     * <p>Closing the result only drains: lanes take no more events, and new lanes go to other
     * workers, while the host's workers continue. Close it before you shut their factory down.
     *
     * @param managersAndLanes runs the workflows and lanes of its task queue
     * @param queueCalls runs the short calls; its task queue is that of {@link
     *     #queueCallsTaskQueue}
     * @throws IllegalArgumentException if the second worker has another task queue
     * @throws IllegalStateException if there is no handler, a worker has been started already, or
     *     the first one uses versioning without a default behavior
     */
    public RateLimitWorker register(Worker managersAndLanes, Worker queueCalls) {
      String wanted = Timeouts.queueCalls(managersAndLanes.getTaskQueue());
      if (!queueCalls.getTaskQueue().equals(wanted)) {
        throw new IllegalArgumentException(
            "the worker of the queue's calls must have the task queue \""
                + wanted
                + "\" but has \""
                + queueCalls.getTaskQueue()
                + '"');
      }
      return register(
          managersAndLanes, queueCalls, LaneSettings.in(this), List.of(), new Home.Hosts());
    }

    /**
     * Adds workers to a factory that the caller has created with its own options (TLS, API key,
     * interceptors, metrics). A factory that has not started is started. If it has already started,
     * or serves another queue, a separate factory is created over the same client ({@link
     * #factoryOptions}). The caller's factory is never shut down.
     *
     * @throws IllegalStateException if there is no handler, the factory is shut down, or it has a
     *     worker of the same task queue already, whose options would apply: use {@link #register}
     */
    public RateLimitWorker start(WorkerFactory factory) {
      if (factory.isShutdown()) {
        throw new IllegalStateException("the factory is shut down");
      }
      if (factory.isStarted()) {
        return start(factory.getWorkflowClient(), () -> {});
      }
      RateLimitWorker worker = register(factory);
      factory.start();
      return worker;
    }

    /**
     * Adds workers to a factory as {@link #start(WorkerFactory)} does, but the caller starts the
     * factory.
     *
     * @throws IllegalStateException if there is no handler, the factory is started or shut down, or
     *     it has a worker of the same task queue already, whose options would apply
     */
    public RateLimitWorker register(WorkerFactory factory) {
      if (factory.isStarted() || factory.isShutdown()) {
        throw new IllegalStateException(
            "the factory is "
                + (factory.isShutdown() ? "shut down" : "started already: use start(…) with it"));
      }
      for (String each : List.of(taskQueue(), Timeouts.queueCalls(taskQueue()))) {
        if (factory.tryGetWorker(each) != null) {
          throw new IllegalStateException(
              "the factory has a worker of the task queue \""
                  + each
                  + "\" already, and its options would apply: use register(…) with it,"
                  + " or another task queue");
        }
      }
      return addTo(factory, workers -> new Home.Lent(factory, workers));
    }

    /**
     * Connects to a server without TLS, and starts.
     *
     * @param target host:port
     * @throws IllegalStateException if there is no handler
     * @throws ManagerException if the server or the namespace cannot be reached
     */
    public RateLimitWorker connect(String target, String namespace) {
      return connect(Connection.plain(target), Connection.in(namespace));
    }

    /**
     * Connects to a server with the SDK's own options (TLS, API key, and so on), and starts.
     *
     * @throws IllegalStateException if there is no handler
     * @throws ManagerException if the server or the namespace cannot be reached
     */
    public RateLimitWorker connect(
        WorkflowServiceStubsOptions server, WorkflowClientOptions options) {
      WorkflowClient client = Connection.open(server, options);
      WorkflowServiceStubs stubs = client.getWorkflowServiceStubs();
      try {
        return start(client, stubs::shutdownNow);
      } catch (RuntimeException failure) {
        stubs.shutdownNow();
        throw failure;
      }
    }

    /** Starts a factory of its own. */
    private RateLimitWorker start(WorkflowClient client, Runnable atLast) {
      WorkerFactoryOptions.Builder options = WorkerFactoryOptions.newBuilder();
      factoryOptions.accept(options);
      WorkerFactory factory = WorkerFactory.newInstance(client, options.build());
      RateLimitWorker worker = addTo(factory, workers -> new Home.Own(factory, atLast));
      factory.start();
      return worker;
    }

    private String taskQueue() {
      return taskQueue == null ? defaultTaskQueue(queue) : taskQueue;
    }

    private RateLimitWorker addTo(WorkerFactory factory, Function<List<Worker>, Home> home) {
      LaneSettings settings = LaneSettings.in(this);
      WorkerOptions.Builder options =
          WorkerOptions.newBuilder()
              .setMaxConcurrentActivityExecutionSize(concurrency)
              .setMaxEagerActivityReservationsPerWorkflowTask(concurrency)
              .setMaxHeartbeatThrottleInterval(Timeouts.HEARTBEAT_INTERVAL)
              .setDefaultHeartbeatThrottleInterval(Timeouts.HEARTBEAT_INTERVAL)
              // Else an event in hand that outlasts the heartbeat timeout is taken over.
              .setAllowActivityHeartbeatDuringShutdown(true);
      if (hasVirtualThreads(settings.processor())) {
        // A lane waits in its activity's thread.
        options.setUsingVirtualThreadsOnActivityWorker(true);
      }
      workerOptions.accept(options);
      WorkerOptions forLanes =
          announced(
              withFewPollers(withoutConflict(options)),
              settings.name(),
              factory.getWorkflowClient());
      Worker lanes = factory.newWorker(taskQueue(), forLanes);
      // Of the same build, so that a manager's decisions are those of its own.
      Worker calls =
          factory.newWorker(
              Timeouts.queueCalls(taskQueue()),
              WorkerOptions.newBuilder()
                  .setDeploymentOptions(forLanes.getDeploymentOptions())
                  .build());
      List<ContextPropagator> propagators =
          factory.getWorkflowClient().getOptions().getContextPropagators();
      return register(
          lanes,
          calls,
          settings,
          propagators == null ? List.of() : propagators,
          home.apply(List.of(lanes, calls)));
    }

    private static boolean hasVirtualThreads(EventProcessor handlers) {
      return handlers.wantsVirtualThreads()
          && Runtime.version().feature() >= FIRST_JAVA_WITH_VIRTUAL_THREADS;
    }

    /**
     * Unless the host chose how lanes are asked for, in one of the two ways that exclude others.
     */
    private static WorkerOptions withFewPollers(WorkerOptions options) {
      boolean chosen =
          options.getMaxConcurrentActivityTaskPollers() > 0
              || options.getActivityTaskPollersBehavior() != null;
      return chosen
          ? options
          : WorkerOptions.newBuilder(options).setMaxConcurrentActivityTaskPollers(POLLERS).build();
    }

    /** A tuner decides about slots instead; the SDK refuses both. */
    private static WorkerOptions withoutConflict(WorkerOptions.Builder options) {
      return options.build().getWorkerTuner() == null
          ? options.build()
          : options.setMaxConcurrentActivityExecutionSize(0).build();
    }

    /** Whoever looks at the pollers of a task queue sees what each is, unless the host names it. */
    private WorkerOptions announced(WorkerOptions options, String name, WorkflowClient client) {
      return options.getIdentity() != null
          ? options
          : WorkerOptions.newBuilder(options)
              .setIdentity(
                  PollerIdentity.of(
                      client.getOptions().getIdentity(), name, slots(options), queue.name()))
              .build();
    }

    /** A worker's own options hold where the host made it. Empty: its tuner names no bound. */
    private static Optional<Integer> slots(WorkerOptions options) {
      WorkerTuner tuner = options.getWorkerTuner();
      return tuner == null
          ? Optional.of(options.getMaxConcurrentActivityExecutionSize())
          : tuner.getActivityTaskSlotSupplier().getMaximumSlots();
    }

    /**
     * Workflows that are made by a factory are not checked by the SDK, and the server refuses their
     * tasks.
     */
    private static void requireBehavior(Worker managers) {
      WorkerDeploymentOptions deployment = managers.getWorkerOptions().getDeploymentOptions();
      if (deployment != null
          && deployment.isUsingVersioning()
          && deployment.getDefaultVersioningBehavior() == VersioningBehavior.UNSPECIFIED) {
        throw new IllegalStateException(
            "the deployment options of the worker of task queue \""
                + managers.getTaskQueue()
                + "\" use versioning, but name no default behavior for managers:"
                + " setDefaultVersioningBehavior(AUTO_UPGRADE) lets them continue with"
                + " the next build");
      }
    }

    private RateLimitWorker register(
        Worker managersAndLanes,
        Worker queueCalls,
        LaneSettings settings,
        List<ContextPropagator> propagators,
        Home home) {
      requireBehavior(managersAndLanes);
      EventProcessor handlers = settings.processor();
      AttemptTerms attemptTerms = settings.attemptTerms();
      WorkerOptions options = managersAndLanes.getWorkerOptions();
      ActiveLanes lanes = new ActiveLanes();
      boolean handlesAll = handlers.handledTypes().isAll();
      Consumer<ActivityOptions.Builder> ownLanes =
          lane -> {
            // What others have to do is not to come here first.
            if (!handlesAll || lanes.isDraining()) {
              lane.setDisableEagerExecution(true);
            }
          };
      CallOptions calls = new CallOptions(ownLanes.andThen(laneOptions), queueCallOptions);
      AttemptRunner runner =
          new AttemptRunner(
              queue,
              handlers,
              attemptTerms,
              settings.name(),
              settings.listeners(),
              new HandlerThreads(propagators, handlerContext),
              lanes::count);
      Optional<HistoryKeeper> keeper = settings.keeper();
      try {
        ManagerShell.register(managersAndLanes, calls);
        managersAndLanes.registerActivitiesImplementations(
            new LaneActivity(
                queue,
                runner,
                attemptTerms.lease(),
                handlers.handledTypes(),
                settings.name(),
                slots(options).orElse(options.getMaxConcurrentActivityExecutionSize()),
                caps,
                lanes));
        queueCalls.registerActivitiesImplementations(
            new QueueActivities(
                queue,
                attemptTerms.retryPolicy(),
                new LeftToOthers(handlers.handledTypes()),
                caps,
                lanes::isDraining,
                keeper,
                settings.forecasts()));
      } catch (RuntimeException | Error refused) {
        runner.close();
        throw refused;
      }
      return new RateLimitWorker(
          settings.name(), home, runner, lanes, attemptTerms.shutdownGrace(), keeper);
    }
  }
}
