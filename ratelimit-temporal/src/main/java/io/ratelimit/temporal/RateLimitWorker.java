package io.ratelimit.temporal;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.internal.engine.LeftToOthers;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.queue.EventQueue;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.converter.DataConverterException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.WorkflowImplementationOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Temporal worker that runs managers and their lanes over a queue. Any number of processes may
 * run one each on the same task queue and the same {@link EventQueue}; they share the work, and the
 * limit holds over all of them.
 *
 * <pre>{@code
 * RateLimitWorker worker = RateLimitWorker.builder(queue)
 *     .handler(event -> exchange.audit(event.walletId()))
 *     .connect("localhost:7233", "default");
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class RateLimitWorker implements AutoCloseable {

  /** The task queue where none is named. */
  public static final String DEFAULT_TASK_QUEUE = "ratelimit";

  private static final Logger LOG = LoggerFactory.getLogger(RateLimitWorker.class);

  private final String name;
  private final WorkerFactory factory;
  private final AttemptRunner runner;
  private final AtomicBoolean draining;
  private final Duration grace;
  private final @Nullable WorkflowServiceStubs ownStubs;

  private RateLimitWorker(
      String name,
      WorkerFactory factory,
      AttemptRunner runner,
      AtomicBoolean draining,
      Duration grace,
      @Nullable WorkflowServiceStubs ownStubs) {
    this.name = name;
    this.factory = factory;
    this.runner = runner;
    this.draining = draining;
    this.grace = grace;
    this.ownStubs = ownStubs;
  }

  /** Prepares a worker for a queue. The queue stays the caller's: closing leaves it open. */
  public static Builder builder(EventQueue queue) {
    return new Builder(queue);
  }

  /** Whether it asks for work: until it is closed, or somebody shuts its factory down. */
  public boolean isWorking() {
    return !draining.get() && factory.isStarted() && !factory.isShutdown();
  }

  /**
   * Stops gracefully: takes on nothing more, lets events in hand be finished within the grace
   * period, then interrupts their handlers and gives the events back. What this worker did not get
   * done goes on in another one. Closing again does nothing.
   */
  @Override
  public void close() {
    if (draining.compareAndSet(false, true)) {
      LOG.info(
          "worker {} drains: events in hand may be finished within {}",
          Printable.text(name),
          grace);
    }
    factory.shutdown();
    factory.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS);
    if (!factory.isTerminated()) {
      LOG.info("worker {} gives back what was not finished", Printable.text(name));
      factory.shutdownNow();
      factory.awaitTermination(Timeouts.INTERRUPTED_LANES.toMillis(), TimeUnit.MILLISECONDS);
    }
    runner.close();
    if (ownStubs != null) {
      ownStubs.shutdownNow();
    }
  }

  /** What can be chosen about a worker. Not thread-safe. */
  public static final class Builder {
    private final EventQueue queue;
    private final EventProcessor.Builder processor = EventProcessor.builder();
    private final List<EngineListener> listeners = new ArrayList<>();
    private String taskQueue = DEFAULT_TASK_QUEUE;
    private String name = "worker";
    private int concurrency = 10;
    private AttemptTerms attemptTerms = AttemptTerms.DEFAULT;

    private Builder(EventQueue queue) {
      this.queue = requireNonNull(queue, "queue");
    }

    /**
     * The handler of all events whose type has none of its own.
     *
     * @throws IllegalStateException if there is one already
     */
    @CanIgnoreReturnValue
    public Builder handler(AuditEventHandler handler) {
      processor.handler(handler);
      return this;
    }

    /**
     * The handler of the events of one type, known by its name. Without a handler for all, events
     * of other types are left to the engines and workers that have one for them.
     *
     * @throws IllegalStateException if the type has one already
     */
    @CanIgnoreReturnValue
    public Builder handler(EventType type, AuditEventHandler handler) {
      processor.handler(type, handler);
      return this;
    }

    /** When failed attempts are made again; {@link RetryPolicy#DEFAULT} by default. */
    @CanIgnoreReturnValue
    public Builder retryPolicy(RetryPolicy retryPolicy) {
      this.attemptTerms = attemptTerms.withRetryPolicy(retryPolicy);
      return this;
    }

    /** Is told of the attempts that this worker makes. May be called several times. */
    @CanIgnoreReturnValue
    public Builder listener(EngineListener listener) {
      listeners.add(requireNonNull(listener, "listener"));
      return this;
    }

    /** The task queue that managers name; {@value #DEFAULT_TASK_QUEUE} by default. */
    @CanIgnoreReturnValue
    public Builder taskQueue(String newTaskQueue) {
      this.taskQueue = Requirements.notBlank("task queue", newTaskQueue);
      return this;
    }

    /** The worker's name in leases and threads, for people to read; {@code worker} by default. */
    @CanIgnoreReturnValue
    public Builder name(String newName) {
      this.name = Requirements.notBlank("name", newName);
      return this;
    }

    /**
     * How many lanes this process runs at most; 10 by default.
     *
     * @throws IllegalArgumentException if the number is below 1
     */
    @CanIgnoreReturnValue
    public Builder concurrency(int lanes) {
      this.concurrency = Requirements.atLeast("concurrency", lanes, 1);
      return this;
    }

    /**
     * All terms of an attempt at once, instead of those given before; {@link AttemptTerms#DEFAULT}
     * by default. The other methods change one of them.
     *
     * @throws IllegalArgumentException if the handler timeout is longer than 24 hours
     */
    @CanIgnoreReturnValue
    public Builder attemptTerms(AttemptTerms newTerms) {
      this.attemptTerms = newTerms;
      return handlerTimeout(newTerms.handlerTimeout());
    }

    /**
     * After which time an attempt is interrupted and counts as failed; 1 minute by default, 24
     * hours at most.
     *
     * @throws IllegalArgumentException if the time is not more than zero, or longer
     */
    @CanIgnoreReturnValue
    public Builder handlerTimeout(Duration timeout) {
      this.attemptTerms =
          attemptTerms.withHandlerTimeout(
              Requirements.positive("handler timeout", timeout, Timeouts.LONGEST_HANDLER));
      return this;
    }

    /**
     * How long an event is held without a sign of life; 15 s by default. It is extended while the
     * handler runs, so this bounds only how long a crash delays the events in hand.
     *
     * @throws IllegalArgumentException if the time is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder lease(Duration newLease) {
      this.attemptTerms = attemptTerms.withLease(newLease);
      return this;
    }

    /**
     * How long events in hand may be finished when the worker closes; 30 s by default.
     *
     * @throws IllegalArgumentException if the time is negative
     */
    @CanIgnoreReturnValue
    public Builder shutdownGrace(Duration grace) {
      this.attemptTerms = attemptTerms.withShutdownGrace(grace);
      return this;
    }

    /**
     * Adds the worker to a factory, which the caller has made with the options of its choice (TLS,
     * API key, interceptors, metrics) and not started, and starts the factory. Closing the worker
     * shuts the factory down.
     *
     * @throws IllegalStateException if there is no handler
     */
    public RateLimitWorker start(WorkerFactory factory) {
      return start(factory, null);
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
      try {
        return start(WorkerFactory.newInstance(client), client.getWorkflowServiceStubs());
      } catch (RuntimeException failure) {
        client.getWorkflowServiceStubs().shutdownNow();
        throw failure;
      }
    }

    private RateLimitWorker start(WorkerFactory factory, @Nullable WorkflowServiceStubs ownStubs) {
      EventProcessor handlers = processor.retryPolicy(attemptTerms.retryPolicy()).build();
      Worker worker =
          factory.newWorker(
              taskQueue,
              WorkerOptions.newBuilder()
                  .setMaxConcurrentActivityExecutionSize(concurrency)
                  .setMaxHeartbeatThrottleInterval(Timeouts.HEARTBEAT_INTERVAL)
                  .setDefaultHeartbeatThrottleInterval(Timeouts.HEARTBEAT_INTERVAL)
                  // Else an event in hand that outlasts the heartbeat timeout is taken over.
                  .setAllowActivityHeartbeatDuringShutdown(true)
                  .build());
      worker.registerWorkflowImplementationTypes(
          WorkflowImplementationOptions.newBuilder()
              // What another version wrote in another form does not become readable by waiting.
              .setFailWorkflowExceptionTypes(DataConverterException.class)
              .build(),
          RateLimitManagerWorkflowImpl.class);
      AttemptRunner runner = new AttemptRunner(queue, handlers, attemptTerms, name, listeners);
      AtomicBoolean draining = new AtomicBoolean();
      worker.registerActivitiesImplementations(
          new LaneActivity(
              queue,
              runner,
              attemptTerms.lease(),
              handlers.handledTypes(),
              name,
              concurrency,
              draining::get));
      factory
          .newWorker(Timeouts.queueCalls(taskQueue))
          .registerActivitiesImplementations(
              new QueueActivities(queue, new LeftToOthers(handlers.handledTypes()), draining::get));
      factory.start();
      return new RateLimitWorker(
          name, factory, runner, draining, attemptTerms.shutdownGrace(), ownStubs);
    }
  }
}
