package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.temporal.RateLimitWorker;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Drains a worker before the application's own workers stop. Registers workers on the application's
 * factory before it starts, but neither starts nor stops that factory.
 */
final class WorkerLifecycle implements SmartLifecycle {

  private static final long OWN_FACTORY_SECONDS = 5;

  private final RateLimitWorker.Builder builder;
  private final @Nullable WorkflowClient client;
  private @Nullable WorkerFactory ownFactory;
  private @Nullable RateLimitWorker worker;
  private volatile boolean running;

  private WorkerLifecycle(
      RateLimitWorker.Builder builder,
      @Nullable WorkflowClient client,
      @Nullable RateLimitWorker worker) {
    this.builder = builder;
    this.client = client;
    this.worker = worker;
  }

  /** Registers on the application's factory; beside one that is already started, starts another. */
  static WorkerLifecycle on(
      WorkerFactory factory, RateLimitWorker.Builder builder, String taskQueue) {
    if (factory.isStarted()) {
      return over(factory.getWorkflowClient(), builder);
    }
    Worker lanes = factory.tryGetWorker(taskQueue);
    if (lanes == null) {
      return new WorkerLifecycle(builder, null, builder.register(factory));
    }
    // The application has a worker of this task queue: use it, with its options.
    String calls = RateLimitWorker.queueCallsTaskQueue(taskQueue);
    Worker present = factory.tryGetWorker(calls);
    return new WorkerLifecycle(
        builder,
        null,
        builder.register(lanes, present == null ? factory.newWorker(calls) : present));
  }

  /** Creates a separate factory, which starts and stops with the application. */
  static WorkerLifecycle over(WorkflowClient client, RateLimitWorker.Builder builder) {
    return new WorkerLifecycle(builder, client, null);
  }

  @Override
  public synchronized void start() {
    if (client != null) {
      WorkerFactory factory = WorkerFactory.newInstance(client);
      ownFactory = factory;
      worker = builder.start(factory);
    } else if (worker == null) {
      throw new IllegalStateException(
          "the worker on the application's factory has drained: Temporal's workers start once, so"
              + " start a new application context instead");
    }
    running = true;
  }

  @Override
  public synchronized void stop() {
    if (worker != null) {
      worker.close();
      worker = null;
    }
    if (ownFactory != null) {
      ownFactory.shutdown();
      ownFactory.awaitTermination(OWN_FACTORY_SECONDS, TimeUnit.SECONDS);
      ownFactory = null;
    }
    running = false;
  }

  /** Stops in another thread, so that beans of the same phase stop at the same time. */
  @Override
  public void stop(Runnable callback) {
    Thread stopping =
        new Thread(
            () -> {
              try {
                stop();
              } finally {
                callback.run();
              }
            },
            "audit-worker-stop");
    stopping.start();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Tells Spring 7, which pauses the contexts of tests, that a worker cannot start again. */
  public boolean isPauseable() {
    return client != null;
  }
}
