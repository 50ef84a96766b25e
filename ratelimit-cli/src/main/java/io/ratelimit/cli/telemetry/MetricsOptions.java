package io.ratelimit.cli.telemetry;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.web.WebOptions;
import io.ratelimit.cli.web.WebServer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether and where to serve metrics and health. */
public final class MetricsOptions {

  @Option(
      names = "--metrics",
      paramLabel = "PORT",
      converter = Converters.Port.class,
      description =
          "Serve metrics for Prometheus at /metrics, health at /health, /health/live and"
              + " /health/ready, and the number of workers for an autoscaler at /autoscaling, on"
              + " this port; 0 picks a free one.")
  private @Nullable Integer port;

  @Option(
      names = "--metrics-host",
      paramLabel = "ADDRESS",
      defaultValue = WebServer.LOOPBACK,
      description =
          "The address to serve them on. Default: ${DEFAULT-VALUE}, for this machine only.")
  private String host = WebServer.LOOPBACK;

  @Option(
      names = "--autoscale-keep",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = Converters.Deadline.class,
      description =
          "For how long an autoscaler is to keep workers that were needed: longer than from one"
              + " round to the next. Default: ${DEFAULT-VALUE}.")
  private Duration keep = Duration.ofMinutes(10);

  /** Returns whether to serve them. */
  public boolean isGiven() {
    return port != null;
  }

  /**
   * Starts to serve them, or leaves that to a dashboard at the same address.
   *
   * @param queueName the name of the queue in the metrics
   * @throws io.ratelimit.cli.web.WebServerException if it cannot listen there
   */
  public Telemetry open(String queueName, WebOptions web) {
    if (port == null) {
      return Telemetry.NONE;
    }
    return web.isAt(host, port)
        ? ServedTelemetry.elsewhere(queueName, keep)
        : ServedTelemetry.at(host, port, web.guard(host), queueName, keep);
  }
}
