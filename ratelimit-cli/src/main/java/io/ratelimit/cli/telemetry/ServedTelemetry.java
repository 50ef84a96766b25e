package io.ratelimit.cli.telemetry;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import com.uber.m3.tally.ScopeCloseException;
import io.javalin.config.JavalinConfig;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.cli.web.BrowserGuard;
import io.ratelimit.cli.web.WebServer;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.time.Time;
import io.ratelimit.micrometer.AttemptMetrics;
import io.ratelimit.micrometer.MeteredEventQueue;
import io.ratelimit.micrometer.QueueMetrics;
import io.ratelimit.micrometer.ScalingMetrics;
import io.ratelimit.temporal.RateLimitWorker;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Metrics and health over HTTP. */
final class ServedTelemetry implements Telemetry {

  private static final com.uber.m3.util.Duration REPORT_EVERY =
      com.uber.m3.util.Duration.ofSeconds(1);

  private final String queueName;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Health health = new Health(Time.system());
  private final Autoscaling autoscaling;
  private final TelemetryRoutes routes;
  private final boolean elsewhere;
  private Optional<String> url = Optional.empty();

  /** Resources to close, the last one first. */
  private final Deque<Runnable> open = new ArrayDeque<>();

  private ServedTelemetry(String queueName, Duration keep, boolean elsewhere) {
    this.queueName = queueName;
    this.autoscaling = new Autoscaling(queueName, keep, Time.system());
    this.routes = new TelemetryRoutes(registry, health, autoscaling::answer);
    this.elsewhere = elsewhere;
    open.push(registry::close);
    open.push(health::close);
    registry.config().meterFilter(new TemporalBuckets());
    bindProcess();
  }

  /**
   * Starts to serve.
   *
   * @param guard rejects requests from foreign pages
   * @param keep how long an autoscaler keeps workers that were needed
   * @throws io.ratelimit.cli.web.WebServerException if it cannot listen there
   */
  static ServedTelemetry at(
      String host, int port, BrowserGuard guard, String queueName, Duration keep) {
    ServedTelemetry telemetry = new ServedTelemetry(queueName, keep, false);
    try {
      WebServer server =
          WebServer.start(
              host, port, List.of(config -> config.routes.before(guard::check), telemetry.routes));
      telemetry.open.push(server::close);
      telemetry.url = Optional.of(server.url() + "/metrics");
      return telemetry;
    } catch (RuntimeException refused) {
      telemetry.close();
      throw refused;
    }
  }

  /** Creates telemetry that another server serves. */
  static ServedTelemetry elsewhere(String queueName, Duration keep) {
    return new ServedTelemetry(queueName, keep, true);
  }

  private void bindProcess() {
    JvmGcMetrics collections = new JvmGcMetrics();
    open.push(collections::close);
    List.of(
            collections,
            new ClassLoaderMetrics(),
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new FileDescriptorMetrics(),
            new ProcessorMetrics(),
            new UptimeMetrics())
        .forEach(each -> each.bindTo(registry));
  }

  @Override
  public EventQueue queue(EventQueue queue) {
    health.needs(
        "the queue",
        () -> {
          var unused = queue.limitControl().settings();
        });
    EventQueue metered = MeteredEventQueue.of(registry, queueName, queue);
    QueueMetrics metrics = QueueMetrics.of(queueName, metered);
    open.push(metrics::close);
    metrics.bindTo(registry);
    return metered;
  }

  @Override
  public List<EngineListener> listeners() {
    return List.of(AttemptMetrics.of(registry, queueName, Time.system()));
  }

  @Override
  public WorkflowServiceStubsOptions temporal(
      WorkflowServiceStubsOptions server, WorkflowClientOptions client) {
    TemporalReach reach = new TemporalReach(server, client);
    open.push(reach::close);
    health.needs("Temporal", reach::use);
    Scope scope =
        new RootScopeBuilder()
            .reporter(new MicrometerClientStatsReporter(registry))
            .reportEvery(REPORT_EVERY);
    open.push(() -> close(scope));
    return WorkflowServiceStubsOptions.newBuilder(server).setMetricsScope(scope).build();
  }

  private static void close(Scope scope) {
    try {
      scope.close();
    } catch (ScopeCloseException failure) {
      throw new IllegalStateException("Temporal's metrics cannot be closed", failure);
    }
  }

  @Override
  public void worker(RateLimitWorker worker) {
    health.livesBy("the worker", worker::isWorking);
  }

  @Override
  public void watched(Supplier<Picture> picture) {
    ScalingMetrics scaling = ScalingMetrics.of(registry, queueName, Time.system());
    open.push(new ManagerMetrics(picture, scaling, autoscaling)::close);
    autoscaling.bindTo(registry);
    new ConditionMetrics(queueName, picture).bindTo(registry);
  }

  @Override
  public boolean isServed() {
    return true;
  }

  @Override
  public void started() {
    health.started();
  }

  @Override
  public void stopping() {
    health.stopping();
  }

  @Override
  public Optional<String> url() {
    return url;
  }

  @Override
  public List<Consumer<JavalinConfig>> elsewhere() {
    return elsewhere ? List.of(routes) : List.of();
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      open.pop().run();
    }
  }
}
