package io.ratelimit.benchmarks.temporal;

import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Measures Temporal alone, without a queue and without a limit. */
final class NativeActivities {

  private static final String TASK_QUEUE = "native";

  private final Servers servers;

  NativeActivities(Servers servers) {
    this.servers = servers;
  }

  /** Measures them with the SDK's defaults. */
  Speed measure(int lanes, int events) throws InterruptedException {
    return measure("native activities", lanes, events, options -> {});
  }

  /** Measures them with the pollers and the eager starts that managers' workers have. */
  Speed measureTuned(int lanes, int events) throws InterruptedException {
    return measure(
        "native, tuned alike",
        lanes,
        events,
        options ->
            options
                .setMaxConcurrentActivityTaskPollers(2)
                .setMaxEagerActivityReservationsPerWorkflowTask(lanes));
  }

  private Speed measure(String name, int lanes, int events, Consumer<WorkerOptions.Builder> tuning)
      throws InterruptedException {
    WorkerFactory factory = WorkerFactory.newInstance(servers.client());
    WorkerOptions.Builder options =
        WorkerOptions.newBuilder().setMaxConcurrentActivityExecutionSize(lanes);
    tuning.accept(options);
    Worker worker = factory.newWorker(TASK_QUEUE, options.build());
    Meter meter = new Meter(events, servers::usage);
    worker.registerWorkflowImplementationTypes(NativeWindow.Sliding.class);
    worker.registerActivitiesImplementations(new NativeWindow.Counting(meter));
    factory.start();
    try {
      String id = "native-" + UUID.randomUUID();
      NativeWindow.Flow flow =
          servers
              .client()
              .newWorkflowStub(
                  NativeWindow.Flow.class,
                  WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue(TASK_QUEUE).build());
      var unused = WorkflowClient.start(flow::run, events, lanes);
      Usage usage = meter.await();
      WorkflowStub.fromTyped(flow).getResult(Void.class);
      double history = (double) servers.historyOf(id) / events;
      return new Speed(name, lanes, meter.measured(), usage, history);
    } finally {
      factory.shutdownNow();
      factory.awaitTermination(10, TimeUnit.SECONDS);
    }
  }
}
