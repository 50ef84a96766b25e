package io.ratelimit.cli.telemetry;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.javalin.http.HttpStatus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.ratelimit.cli.shell.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Serves metrics for Prometheus at {@code /metrics}, in the format that the client requests; health
 * as JSON at {@code /health} and below, with status 503 if it is down; and at {@code /autoscaling}
 * the number of workers to provide processes for, with status 503 if it is unknown.
 */
final class TelemetryRoutes implements Consumer<JavalinConfig> {

  private final PrometheusMeterRegistry registry;
  private final Health health;
  private final Supplier<Optional<Autoscaling.Answer>> autoscaling;
  private final ExpositionFormats formats = ExpositionFormats.init();

  TelemetryRoutes(
      PrometheusMeterRegistry registry,
      Health health,
      Supplier<Optional<Autoscaling.Answer>> autoscaling) {
    this.autoscaling = autoscaling;
    this.registry = registry;
    this.health = health;
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.get("/metrics", this::metrics);
    config.routes.get("/autoscaling", this::autoscale);
    config.routes.get("/health", context -> answer(context, health.ready()));
    config.routes.get("/health/ready", context -> answer(context, health.ready()));
    config.routes.get("/health/live", context -> answer(context, health.live()));
  }

  /** Why there is no answer. */
  private record Unknown(String error) {}

  private void autoscale(Context context) {
    Optional<Autoscaling.Answer> answer = autoscaling.get();
    context
        .status(answer.isPresent() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .header(Header.CACHE_CONTROL, "no-store")
        .contentType("application/json")
        .result(
            answer
                .map(Json::line)
                .orElseGet(
                    () ->
                        Json.line(
                            new Unknown(
                                "no manager is watched here that has decided within a minute"))));
  }

  private void metrics(Context context) throws IOException {
    String type = formats.findWriter(context.header(Header.ACCEPT)).getContentType();
    ByteArrayOutputStream scraped = new ByteArrayOutputStream();
    registry.scrape(scraped, type);
    context.contentType(type).result(scraped.toByteArray());
  }

  private static void answer(Context context, Health.Verdict verdict) {
    context
        .status(verdict.isUp() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .header(Header.CACHE_CONTROL, "no-store")
        .contentType("application/json")
        .result(Json.line(verdict));
  }
}
