package io.ratelimit.cli.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.cli.watch.ManagerSeen;
import io.ratelimit.cli.watch.Monitor;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.cli.web.BrowserGuard;
import io.ratelimit.cli.web.WebServer;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.core.time.Time;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The answers to an autoscaler. */
class AutoscalingTest {

  private static final Duration KEEP = Duration.ofMinutes(10);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final VirtualTime time = VirtualTime.startingAt(START);
  private final Autoscaling autoscaling = new Autoscaling("audits", KEEP, time);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  /** Returns a manager's status after a decision, with a number of needed workers and of slots. */
  private static ManagerStatus decided(Instant at, Optional<Integer> needed, int slots) {
    ScalingDecision decision =
        new ScalingDecision(
            at,
            slots,
            RateLimit.of(50).perMinute(),
            Mode.NORMAL,
            Constraint.WORKERS,
            Reason.WORKERS_ARE_BOTTLENECK,
            20,
            20,
            Duration.ofSeconds(100),
            Duration.ofSeconds(100),
            1,
            Optional.empty());
    return new ManagerStatus(
        Optional.empty(),
        ManagerStatus.State.NORMAL,
        ManagerOptions.Mode.CONTINUOUS,
        Optional.of(at),
        Optional.empty(),
        Optional.empty(),
        new WorkerRange(1, 20),
        slots,
        slots,
        0,
        Optional.of(slots),
        Optional.empty(),
        Optional.empty(),
        Optional.of(decision),
        List.of(decision),
        Optional.of(Duration.ofSeconds(5)),
        new ManagerStatus.Counts(0, 0, 0, 0, 0, 0),
        List.of(),
        0,
        Optional.empty(),
        needed);
  }

  private void hear(int needed, int slots) {
    autoscaling.heard(decided(time.now(), Optional.of(needed), slots));
  }

  private double gauge(String name) {
    return registry.get("ratelimit.provision." + name).gauge().value();
  }

  @Test
  void tellsWhatIsNeededAndKeepsIt() {
    autoscaling.bindTo(registry);
    assertThat(autoscaling.answer()).isEmpty();
    assertThat(gauge("workers")).isNaN();

    hear(17, 10);
    assertThat(autoscaling.answer().orElseThrow())
        .returns(17, Autoscaling.Answer::workers)
        .returns(17, Autoscaling.Answer::needed)
        .returns("audits", Autoscaling.Answer::queue)
        .returns("17 workers: as many as are needed now", Autoscaling.Answer::reason);
    assertThat(gauge("workers")).isEqualTo(17);

    time.advance(Duration.ofSeconds(30));
    hear(4, 20);
    assertThat(autoscaling.answer().orElseThrow())
        .returns(17, Autoscaling.Answer::workers)
        .returns(4, Autoscaling.Answer::needed)
        .returns(
            "17 workers: 4 are needed now, 17 were at 2026-01-01T00:00:00Z",
            Autoscaling.Answer::reason);
    assertThat(gauge("needed")).isEqualTo(4);
    assertThat(registry.get("ratelimit.provision.reason").tag("reason", "kept").gauge().value())
        .isEqualTo(1);

    time.advance(KEEP);
    hear(4, 20);
    assertThat(autoscaling.answer().orElseThrow().workers()).isEqualTo(4);
  }

  @Test
  void takesNothingAwayThatWasThereWhenItBegan() {
    hear(2, 15);

    assertThat(autoscaling.answer().orElseThrow().workers()).isEqualTo(15);
  }

  @Test
  void saysNothingOnceNobodyDecides() {
    ManagerStatus status = decided(time.now(), Optional.of(7), 5);
    autoscaling.heard(status);
    time.advance(Duration.ofSeconds(59));
    autoscaling.heard(status);
    assertThat(autoscaling.answer()).isPresent();

    time.advance(Duration.ofSeconds(1));
    autoscaling.heard(status);
    assertThat(autoscaling.answer()).as("a decision that is told again").isEmpty();

    hear(3, 5);
    assertThat(autoscaling.answer().orElseThrow().workers()).as("known before").isEqualTo(7);
  }

  @Test
  void doesNotGuessWhatAManagerOfAnEarlierVersionNeeds() {
    autoscaling.heard(decided(time.now(), Optional.empty(), 5));

    assertThat(autoscaling.answer()).isEmpty();
  }

  private static HttpResponse<String> get(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void isServedBesideTheMetrics() throws Exception {
    AtomicReference<ManagerSeen> manager = new AtomicReference<>(new ManagerSeen.None());
    try (EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
        ServedTelemetry telemetry =
            ServedTelemetry.at(
                WebServer.LOOPBACK, 0, BrowserGuard.allowing(Stream.of()), "audits", KEEP);
        Watch watch =
            new Watch(
                new Monitor("audits", queue),
                manager::get,
                Optional.empty(),
                Duration.ofMillis(100),
                Time.system())) {
      telemetry.watched(watch.start()::picture);
      String metrics = telemetry.url().orElseThrow();
      String url = metrics.replace("/metrics", "/autoscaling");
      HttpResponse<String> unknown = get(url);
      assertThat(unknown.statusCode()).isEqualTo(503);
      assertThat(unknown.body()).contains("no manager is watched here");

      manager.set(
          new ManagerSeen.Answering("audit-1", decided(Instant.now(), Optional.of(12), 10)));
      await().atMost(Duration.ofSeconds(30)).until(() -> get(url).statusCode() == 200);
      JsonNode answer = new JsonMapper().readTree(get(url).body());
      assertThat(answer.get("workers").intValue()).isEqualTo(12);
      assertThat(answer.get("reason").textValue()).contains("needed now");
      assertThat(answer.get("decision").textValue()).isNotBlank();
      assertThat(get(metrics).body())
          .contains("ratelimit_provision_workers{queue=\"audits\"} 12.0");
    }
  }
}
