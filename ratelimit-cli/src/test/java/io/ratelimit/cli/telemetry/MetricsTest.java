package io.ratelimit.cli.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandProcess;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.RunningCommand;
import io.ratelimit.cli.web.WebServer;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import io.temporal.testserver.TestServer;
import io.temporal.testserver.TestServer.PortBoundTestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The metrics and the health of running commands. */
class MetricsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String METRICS = "Metrics     ";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static String temporalAddress;
  private static PortBoundTestServer temporal;

  @TempDir private Path folder;

  @BeforeAll
  static void startTemporal() throws IOException {
    int port = Loopback.freePort();
    temporalAddress = "127.0.0.1:" + port;
    temporal = TestServer.createPortBoundServer(port, true);
  }

  @AfterAll
  static void stopTemporal() {
    temporal.close();
  }

  /** The address of a command's server, without a path. */
  private record Served(String base) {

    static Served at(String metricsUrl) {
      return new Served(metricsUrl.replace("/metrics", ""));
    }

    HttpResponse<String> get(String path, String... headers) {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
      if (headers.length > 0) {
        request.headers(headers);
      }
      try {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
      } catch (IOException | InterruptedException failure) {
        throw new AssertionError(path + " cannot be read", failure);
      }
    }

    /** Returns the sum of all series with a name and these tags. */
    double scraped(String name, String tags) {
      return get("/metrics")
          .body()
          .lines()
          .filter(line -> line.startsWith(name + "{") && line.contains(tags))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .reduce(Double::sum)
          .orElseThrow(() -> new AssertionError("no " + name + " with " + tags));
    }

    long lines(String name) {
      return get("/metrics").body().lines().filter(line -> line.startsWith(name + "{")).count();
    }

    void awaitScraped(String name, String tags, double atLeast) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(scraped(name, tags)).isGreaterThanOrEqualTo(atLeast));
    }

    void awaitHealth(int status) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(get("/health/ready").statusCode()).isEqualTo(status));
    }

    JsonNode health(String path) throws IOException {
      return new JsonMapper().readTree(get(path).body());
    }
  }

  @Test
  void aSystemAtWorkIsSeenInItsMetrics() throws IOException {
    try (RunningCommand system =
        RunningCommand.of(
            ("system --rounds 0 --metrics 0 --type QUICK=40@2s --speedup 20 --deadline 1m"
                    + " --failure-rate 0.2 --seed 7")
                .split(" "))) {
      Served served = Served.at(system.awaitLine(METRICS));
      served.awaitHealth(200);
      String queue = "queue=\"system\"";

      served.awaitScraped("ratelimit_processing_seconds_count", "outcome=\"done\"", 10);
      served.awaitScraped("ratelimit_queue_starts_total", queue, 10);
      served.awaitScraped("ratelimit_workers_desired", queue, 1);

      assertThat(served.scraped("ratelimit_queue_up", queue)).isOne();
      assertThat(served.scraped("ratelimit_queue_published_events_total", queue)).isEqualTo(40);
      assertThat(served.scraped("ratelimit_limit_permits", queue)).isGreaterThanOrEqualTo(20);
      assertThat(served.scraped("ratelimit_wait_seconds_count", "priority=\"normal\""))
          .isPositive();
      assertThat(served.scraped("ratelimit_queue_calls_seconds_count", "operation=\"take\""))
          .isPositive();
      assertThat(served.scraped("ratelimit_workers_active", queue)).isNotNegative();
      assertThat(served.scraped("ratelimit_scaling_constraint", queue)).isOne();
      assertThat(served.scraped("ratelimit_deadline_margin_seconds", queue)).isFinite();
      assertThat(served.scraped("temporal_request_total", "StartWorkflowExecution")).isPositive();
      assertThat(served.scraped("temporal_request_latency_seconds_bucket", "le=\"0.25\""))
          .isPositive();
      assertThat(served.scraped("jvm_memory_used_bytes", "area=\"heap\"")).isPositive();
      assertThat(served.get("/metrics").body())
          .as("ids of events and managers")
          .doesNotContain("audit-");
      assertThat(served.lines("temporal_request_latency_seconds_bucket"))
          .isLessThan(20 * served.lines("temporal_request_latency_seconds_count"));
      assertThat(system.isRunning()).isTrue();
    }
  }

  @Test
  void aWorkerIsReadyWhileRedisAnswersAndLivesWithoutIt() throws Exception {
    LocalRedis redis = LocalRedis.start();
    Process worker = startWorker(redis.uri(), "--metrics", "0");
    try {
      Served served = Served.at(awaitLine(METRICS));
      served.awaitHealth(200);
      assertThat(served.get("/health").body()).isEqualTo("{\"status\":\"UP\",\"reasons\":[]}");
      assertThat(served.scraped("ratelimit_queue_up", "queue=\"ratelimit\"")).isOne();

      redis.kill();
      served.awaitHealth(503);
      assertThat(served.health("/health").at("/status").textValue()).isEqualTo("DOWN");
      assertThat(served.health("/health").at("/reasons/0").textValue()).startsWith("the queue: ");
      assertThat(served.get("/health/live").statusCode()).isEqualTo(200);
      await()
          .atMost(PATIENCE)
          .until(() -> served.scraped("ratelimit_queue_up", "queue=\"ratelimit\"") == 0);
      assertThat(served.scraped("ratelimit_queue_events", "state=\"pending\"")).isNaN();

      redis.startAgain();
      served.awaitHealth(200);
      assertThat(served.get("/health").statusCode()).isEqualTo(200);
    } finally {
      worker.destroyForcibly().waitFor();
      redis.close();
    }
  }

  private Path output() {
    return folder.resolve("worker");
  }

  private Process startWorker(String redis, String... more)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(List.of("worker", "--redis", redis, "--temporal", temporalAddress));
    arguments.addAll(List.of(more));
    return CommandProcess.of(arguments.toArray(String[]::new))
        .redirectErrorStream(true)
        .redirectOutput(output().toFile())
        .start();
  }

  /** Waits for a line of the worker with this beginning, and returns the rest of it. */
  private String awaitLine(String beginning) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                Files.readString(output())
                    .lines()
                    .filter(line -> line.startsWith(beginning))
                    .findFirst(),
            found -> found.isPresent())
        .orElseThrow()
        .substring(beginning.length());
  }

  @Test
  void aMonitorServesMetricsBesideTheDashboardInTheFormatThatIsAskedFor() throws IOException {
    int port = Loopback.freePort();
    try (LocalRedis redis = LocalRedis.start()) {
      CommandRun.of("queue", "publish", "--count", "3", "--redis", redis.uri());
      try (RunningCommand monitor =
          RunningCommand.of(
              ("monitor --redis " + redis.uri() + " --web " + port + " --metrics " + port)
                  .split(" "))) {
        assertThat(monitor.awaitLine("Dashboard   ")).startsWith("http://127.0.0.1:" + port);
        Served served = new Served("http://127.0.0.1:" + port);
        served.awaitHealth(200);

        assertThat(served.get("/").headers().firstValue("Content-Type").orElseThrow())
            .startsWith("text/html");
        assertThat(served.scraped("ratelimit_queue_events", "state=\"pending\"")).isEqualTo(3);
        assertThat(served.get("/metrics").headers().firstValue("Content-Type"))
            .hasValue("text/plain; version=0.0.4; charset=utf-8");
        HttpResponse<String> open =
            served.get("/metrics", "Accept", "application/openmetrics-text; version=1.0.0");
        assertThat(open.headers().firstValue("Content-Type").orElseThrow())
            .startsWith("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
      }
    }
  }

  @Test
  void aMonitorOfAManagerShowsHowManyWorkersItWants() throws Exception {
    String temporalOption = " --temporal " + temporalAddress;
    try (LocalRedis redis = LocalRedis.start()) {
      CommandRun.of("queue", "publish", "--count", "9", "--redis", redis.uri());
      Process worker = startWorker(redis.uri());
      try {
        assertThat(
                CommandRun.of(("start m --min-workers 3" + temporalOption).split(" ")).exitCode())
            .isZero();
        try (RunningCommand monitor =
            RunningCommand.of(
                ("monitor --manager m --metrics 0 --redis " + redis.uri() + temporalOption)
                    .split(" "))) {
          Served served = Served.at(monitor.awaitLine(METRICS));

          served.awaitHealth(200);
          served.awaitScraped("ratelimit_workers_desired", "queue=", 3);
          served.awaitScraped("ratelimit_workers_active", "queue=", 3);
          assertThat(served.scraped("ratelimit_deadline_left_seconds", "queue=")).isPositive();
        }
      } finally {
        worker.destroyForcibly().waitFor();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "monitor --once --metrics 0, --once exits before anybody could connect: leave out"
        + " --web and --metrics",
    "monitor --metrics 70000, must be a whole number from 0 to 65535 but is",
    "worker --metrics-host nowhere.invalid --metrics 0, cannot listen at nowhere.invalid: no such"
        + " host"
  })
  void whatCannotBeServedIsSaidOnOneLine(String command, String message) {
    CommandRun run = CommandRun.of(command.split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines()).singleElement().asString().contains(message);
  }

  @Test
  void aPortThatIsTakenIsSaidOnOneLineAndNothingIsBegun() {
    try (WebServer other = WebServer.start(WebServer.LOOPBACK, 0, List.of())) {
      CommandRun run = CommandRun.of("system", "--metrics", String.valueOf(other.port()));

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.errLines())
          .containsExactly(
              "ratelimit system: cannot listen at 127.0.0.1 port "
                  + other.port()
                  + ": the port is taken; choose another, or 0 for a free one");
      assertThat(run.out()).isEmpty();
    }
  }
}
