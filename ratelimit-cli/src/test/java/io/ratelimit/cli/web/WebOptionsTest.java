package io.ratelimit.cli.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.RunningCommand;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said where a dashboard cannot be served as wished. */
class WebOptionsTest {

  /** A server with the queue that is to be watched. */
  private static LocalRedis withQueue() throws IOException {
    LocalRedis redis = LocalRedis.start();
    CommandRun created = CommandRun.of("queue", "publish", "--count", "1", "--redis", redis.uri());
    assertThat(created.exitCode()).isZero();
    return redis;
  }

  private static CommandRun monitor(LocalRedis redis, String more) {
    return CommandRun.of(("monitor --redis " + redis.uri() + " " + more).split(" "));
  }

  @Test
  void aPortThatIsTakenIsSaidToBeSo() throws IOException {
    try (LocalRedis redis = withQueue();
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CommandRun run = monitor(redis, "--web " + taken.getLocalPort());

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.errLines())
          .containsExactly(
              "ratelimit monitor: cannot listen at 127.0.0.1 port "
                  + taken.getLocalPort()
                  + ": the port is taken; choose another, or 0 for a free one");
    }
  }

  @Test
  void badOptionsAreRefusedInOneLine() throws IOException {
    try (LocalRedis redis = withQueue()) {
      for (String options :
          new String[] {
            "--web 65536",
            "--web x",
            "--web 0 --once",
            "--web 0 --web-token short",
            "--web 0 --web-host nowhere.invalid"
          }) {
        CommandRun run = monitor(redis, options);

        assertThat(run.exitCode()).as(options).isEqualTo(2);
        assertThat(run.errLines()).as(options).hasSize(1);
      }
    }
  }

  @Test
  void theTokenIsNotShown() {
    CommandRun run =
        CommandRun.in(
            Map.of("RATELIMIT_WEB_TOKEN", "0123456789abcdef"), "config", "show", "monitor");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("(not shown)").doesNotContain("0123456789abcdef");
  }

  @Test
  void aTokenMayComeFromAFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "short\n");
    try (LocalRedis redis = withQueue()) {
      CommandRun tooShort = monitor(redis, "--web 0 --web-token-file " + file);
      assertThat(tooShort.exitCode()).isEqualTo(2);
      assertThat(tooShort.err()).contains("--web-token-file must be 16 to 200 characters");

      Files.writeString(file, "a-token-in-a-file\nand more\n");
      CommandRun both =
          monitor(redis, "--web 0 --web-token a-token-for-tests --web-token-file " + file);
      assertThat(both.err()).contains("--web-token and --web-token-file exclude each other");
      assertThat(monitor(redis, "--web 0 --web-token-file " + folder.resolve("none")).err())
          .contains("--web-token-file", "cannot be read");

      try (RunningCommand running =
          RunningCommand.of(
              "monitor",
              "--redis",
              redis.uri(),
              "--web",
              "0",
              "--web-token-file",
              file.toString())) {
        String url = running.awaitLine("Dashboard   ");
        HttpRequest.Builder redrive =
            HttpRequest.newBuilder(URI.create(url + "api/failed/redrive"))
                .POST(HttpRequest.BodyPublishers.noBody());
        HttpClient client = HttpClient.newHttpClient();
        assertThat(client.send(redrive.build(), BodyHandlers.discarding()).statusCode())
            .isEqualTo(403);
        redrive.header("Authorization", "Bearer a-token-in-a-file");
        assertThat(client.send(redrive.build(), BodyHandlers.discarding()).statusCode())
            .isEqualTo(200);
      }
    }
  }

  @Test
  void metricsAloneAreKeptFromOtherPeoplesPages() throws Exception {
    try (LocalRedis redis = withQueue();
        RunningCommand running =
            RunningCommand.of("monitor", "--redis", redis.uri(), "--metrics", "0")) {
      String url = running.awaitLine("Metrics     ");
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
      HttpClient client = HttpClient.newHttpClient();
      assertThat(client.send(request.build(), BodyHandlers.discarding()).statusCode())
          .isEqualTo(200);
      request.header("Origin", "https://evil.example");
      assertThat(client.send(request.build(), BodyHandlers.discarding()).statusCode())
          .isEqualTo(403);
    }
  }

  @Test
  void onlyThisMachineReachesALoopbackAddress() {
    assertThat(WebServer.isLoopback("127.0.0.1")).isTrue();
    assertThat(WebServer.isLoopback("localhost")).isTrue();
    assertThat(WebServer.isLoopback("::1")).isTrue();
    assertThat(WebServer.isLoopback("0.0.0.0")).isFalse();
    assertThat(WebServer.isLoopback("::")).isFalse();
  }
}
