package io.ratelimit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.testkit.server.Loopback;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No output ever shows a secret, wherever and however wrongly it is given. */
@Timeout(120)
class SecretsTest {

  private static final String SECRET = "S3cr3t-0123456789";

  @TempDir private Path folder;

  private static void assertNotShown(String what, CommandRun run) {
    assertThat(run.out() + run.err()).as(what).doesNotContain(SECRET).doesNotContain("S3cr3t");
  }

  private static CommandRun run(Map<String, String> environment, String... arguments) {
    return CommandRun.in(environment, arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://:%s@127.0.0.1:1",
        "redis://user:%s@127.0.0.1:1",
        "redis://user:%s@nowhere:x",
        "redis://:%s",
        "redis://user:%s",
        "user:%s",
        "rediss://user:%s@",
        "redis-sentinel://:%s@127.0.0.1:1",
        "redis-socket:///tmp/none?password=%s",
        "%s"
      })
  void thePasswordOfRedis(String form) throws Exception {
    String uri = String.format(form, SECRET);
    String temporal = "127.0.0.1:" + Loopback.freePort();
    Path file = Files.writeString(folder.resolve("a.yaml"), "redis: \"" + uri + "\"\n");
    for (List<String> command :
        List.of(
            List.of("queue", "stats"),
            List.of("doctor", "--temporal", temporal),
            List.of("monitor", "--once"),
            List.of("config", "show", "queue", "stats"))) {
      String[] plain = command.toArray(String[]::new);
      assertNotShown(command + " variable", run(Map.of("RATELIMIT_REDIS", uri), plain));
      List<String> fromFile = new ArrayList<>(command);
      fromFile.addAll(List.of("--config", file.toString()));
      assertNotShown(command + " file", run(Map.of(), fromFile.toArray(String[]::new)));
      if (!command.contains("config")) {
        List<String> option = new ArrayList<>(command);
        option.addAll(List.of("--redis", uri));
        assertNotShown(command + " option", run(Map.of(), option.toArray(String[]::new)));
      }
    }
    assertNotShown("surplus", run(Map.of(), "queue", "stats", "--redis=redis://x", uri));
    assertNotShown("mistyped", run(Map.of(), "queue", "stats", "--rediss=" + uri));
    assertNotShown("no command", run(Map.of(), uri));
    assertNotShown("no command below", run(Map.of(), "queue", uri));
    assertNotShown("demo", run(Map.of(), "demo", "--redis", uri));
    assertNotShown("an API", run(Map.of(), "demo", "--api", uri));
  }

  @Test
  void aTokenOfTheDashboard() throws Exception {
    String bad = SECRET + "!";
    for (String command : List.of("monitor", "worker", "system")) {
      assertNotShown(
          command, run(Map.of(), command, "--web", "0", "--once", "--web-token", bad, "surplus"));
      assertNotShown(command, run(Map.of(), command, "--web-token", SECRET, SECRET));
      assertNotShown(
          command, run(Map.of("RATELIMIT_WEB_TOKEN", SECRET), "config", "show", command));
    }
    Path file = Files.writeString(folder.resolve("token"), bad);
    assertNotShown(
        "file", run(Map.of("RATELIMIT_WEB_TOKEN_FILE", file.toString()), "monitor", "surplus"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "web-token: \"%s",
        "web-token: %s: %s",
        "web-token: [%s]",
        "web-token: {a: %s}",
        "web-token: *%s",
        "web-token: @%s",
        "web-token: !!%s x",
        "%s",
        "? %s"
      })
  void aConfigurationThatIsNotUnderstood(String form) throws Exception {
    Path file = folder.resolve("a.yaml");
    Files.writeString(file, form.replace("%s", SECRET));

    CommandRun run = run(Map.of(), "monitor", "--config", file.toString(), "surplus");

    assertThat(run.exitCode()).isEqualTo(2);
    assertNotShown(form, run);
  }
}
