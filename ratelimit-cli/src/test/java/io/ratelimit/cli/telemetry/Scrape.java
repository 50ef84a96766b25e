package io.ratelimit.cli.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.cli.server.TemporalServer;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.cli.web.BrowserGuard;
import io.ratelimit.cli.web.WebServer;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The metrics of a process in which everything has happened once. */
public final class Scrape {

  /** The fields of the answer to an autoscaler. */
  public static final List<String> AUTOSCALING_FIELDS =
      Stream.of(Autoscaling.Answer.class.getRecordComponents())
          .map(RecordComponent::getName)
          .toList();

  private static final String QUEUE = "audits";
  private static final Duration KEEP = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Returns the answer of such a process. */
  public static String text() {
    try (ServedTelemetry telemetry =
            ServedTelemetry.at(
                WebServer.LOOPBACK, 0, BrowserGuard.allowing(Stream.of()), QUEUE, KEEP);
        TemporalServer server = TemporalServer.embedded().through(telemetry);
        RateLimitClient client =
            RateLimitClient.connect(server.server(), server.client(), "scraped");
        EventQueue queue =
            telemetry.queue(InMemoryEventQueue.create(RateLimit.of(20).perMinute()));
        Watch watch = Watch.over(QUEUE, queue, client, Optional::empty, Duration.ofSeconds(1))) {
      telemetry.watched(watch.start()::picture);
      work(queue, telemetry.listeners());
      assertThatThrownBy(() -> client.status("nobody")).isInstanceOf(ManagerException.class);
      URI metrics = URI.create(telemetry.url().orElseThrow());
      return await()
          .atMost(PATIENCE)
          .until(
              () -> get(metrics),
              text ->
                  text.contains("ratelimit_queue_pending_events{")
                      && text.contains("temporal_request_failure_total{"));
    }
  }

  private static void work(EventQueue queue, List<EngineListener> listeners) {
    queue.publish(
        List.of(
            AuditEvent.of("1", EventType.NEW_BALANCE_UPDATE, "wallet"),
            AuditEvent.of("2", EventType.NEW_BALANCE_UPDATE, "wallet")));
    TakeResult result = queue.take(TakeRequest.one("take", "worker", Duration.ofSeconds(15)));
    assertThat(result).isInstanceOf(TakeResult.Taken.class);
    Lease lease = ((TakeResult.Taken) result).leases().get(0);
    for (EngineListener listener : listeners) {
      listener.attemptStarted(lease, 1);
      listener.attemptFinished(
          lease,
          1,
          new AttemptOutcome.Failed(Failure.of("IOException", "IOException: reset")),
          Duration.ofSeconds(1),
          Settlement.SETTLED);
      listener.failed("scaling", new IllegalStateException("for the metrics"));
    }
  }

  private static String get(URI uri) {
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException stop) {
      throw new AssertionError(stop);
    }
  }

  private Scrape() {}
}
