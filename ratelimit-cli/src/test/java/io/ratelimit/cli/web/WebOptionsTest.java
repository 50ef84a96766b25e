package io.ratelimit.cli.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.CommandRun;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said where a dashboard cannot be served as wished. */
class WebOptionsTest {

  private static CommandRun monitor(LocalRedis redis, String more) {
    return CommandRun.of(("monitor --redis " + redis.uri() + " " + more).split(" "));
  }

  @Test
  void aPortThatIsTakenIsSaidToBeSo() throws IOException {
    try (LocalRedis redis = LocalRedis.start();
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CommandRun run = monitor(redis, "--web " + taken.getLocalPort());

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.errLines())
          .containsExactly(
              "ratelimit monitor: cannot listen at 127.0.0.1 port "
                  + taken.getLocalPort()
                  + ": the port is taken; choose another, or 0 for one that is free");
    }
  }

  @Test
  void badOptionsAreRefusedInOneLine() throws IOException {
    try (LocalRedis redis = LocalRedis.start()) {
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
}
