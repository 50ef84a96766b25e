package io.ratelimit.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

  @TempDir private Path folder;

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  @Test
  void theCommandLineGoesBeforeTheEnvironmentBeforeTheFile() throws IOException {
    String file = file("c.yaml", "limit: 30/m\nmax-workers: 7\nevents: 10\n");
    Map<String, String> environment = Map.of("RATELIMIT_LIMIT", "40/m", "RATELIMIT_CONFIG", file);

    assertThat(CommandRun.of("plan", "--config", file).out()).contains("30/min", "10 events", "7");
    assertThat(CommandRun.in(environment, "plan").out()).contains("40/min", "10 events");
    assertThat(CommandRun.in(environment, "plan", "--limit", "50/m").out())
        .contains("50/min", "10 events");
  }

  @Test
  void aKeyWithACommandIsForThatCommandOnly() throws IOException {
    String file = file("c.yml", "limit: 30/m\nplan:\n  limit: 60/m\n");

    assertThat(CommandRun.of("plan", "--config=" + file).out()).contains("60/min");
    assertThat(CommandRun.of("config", "show", "demo", "--config", file).out())
        .containsPattern("--limit +30/m +" + file + ", limit");
    assertThat(CommandRun.of("config", "show", "plan", "--config", file).out())
        .containsPattern("--limit +60/m +" + file + ", plan.limit");
  }

  @Test
  void theVariablesOfOtherProgramsAreReadBeforeTheFileAndNamed() throws IOException {
    String file = file("c.yaml", "redis: redis://file\ntemporal: file:1\nnamespace: file\n");
    Map<String, String> environment =
        Map.of(
            "RATELIMIT_CONFIG", file,
            "RATELIMIT_REDIS_URL", "redis://user:secret@url",
            "TEMPORAL_ADDRESS", "address:2",
            "TEMPORAL_NAMESPACE", "theirs");

    for (String command : new String[] {"system", "worker"}) {
      CommandRun run = CommandRun.in(environment, "config", "show", command);
      assertThat(run.err()).isEmpty();
      assertThat(run.out())
          .containsPattern("--redis +redis://user:\\*\\*\\*@url +environment RATELIMIT_REDIS_URL\n")
          .containsPattern("--temporal +address:2 +environment TEMPORAL_ADDRESS\n")
          .containsPattern("--namespace +theirs +environment TEMPORAL_NAMESPACE\n");
    }
    Map<String, String> own = new TreeMap<>(environment);
    own.put("RATELIMIT_REDIS", "redis://own");
    assertThat(CommandRun.in(own, "config", "show", "queue", "stats").out())
        .containsPattern("--redis +redis://own +environment RATELIMIT_REDIS\n");
  }

  @Test
  void systemUsesTheServersThatTheEnvironmentNames() throws IOException {
    String nobody = "127.0.0.1:" + Loopback.freePort();

    CommandRun redis = CommandRun.in(Map.of("RATELIMIT_REDIS_URL", "redis://" + nobody), "system");
    assertThat(redis.exitCode()).isEqualTo(3);
    assertThat(redis.err()).contains("cannot be reached");

    CommandRun temporal = CommandRun.in(Map.of("TEMPORAL_ADDRESS", nobody), "system");
    assertThat(temporal.exitCode()).isEqualTo(3);
    assertThat(temporal.err()).contains("no Temporal server answers at " + nobody);
  }

  @Test
  void anEmptyVariableIsNotSet() throws IOException {
    String file = file("c.yaml", "limit: 30/m\nredis: redis://file\n");
    Map<String, String> environment =
        Map.of("RATELIMIT_CONFIG", file, "RATELIMIT_LIMIT", "", "RATELIMIT_REDIS_URL", "");

    assertThat(CommandRun.in(environment, "plan").out()).contains("30/min");
    assertThat(CommandRun.in(environment, "config", "show", "system").out())
        .containsPattern("--redis +redis://file +");
    assertThat(CommandRun.in(Map.of("RATELIMIT_CONFIG", ""), "plan").exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "all", "terminate"})
  void whatCannotBeUndoneIsConfirmedOnTheCommandLineOnly(String name) throws IOException {
    String variable = "RATELIMIT_" + name.toUpperCase(Locale.ROOT);
    CommandRun run = CommandRun.in(Map.of(variable, "true"), "config", "show", "queue", "clear");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).doesNotContain("environment");
    assertThat(run.err())
        .isEqualTo(
            "ratelimit: the variable "
                + variable
                + " has no effect: give that on the command line\n");

    for (String key : new String[] {name, "queue.clear." + name}) {
      CommandRun refused = CommandRun.of("plan", "--config", file("c.yaml", key + ": true\n"));
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).contains(key + " can be given on the command line only");
    }
  }

  @Test
  void aVariableOfTheEnvironmentDisarmsNothing() throws IOException {
    try (LocalRedis redis = LocalRedis.start()) {
      Map<String, String> environment =
          Map.of(
              "RATELIMIT_YES", "true", "RATELIMIT_ALL", "true", "RATELIMIT_REDIS_URL", redis.uri());
      assertThat(CommandRun.in(environment, "queue", "publish", "--count", "3").exitCode())
          .isZero();

      assertThat(CommandRun.in(environment, "queue", "clear", "all").exitCode()).isEqualTo(2);
      assertThat(CommandRun.in(environment, "queue", "redrive").exitCode()).isEqualTo(2);
      assertThat(CommandRun.in(environment, "queue", "stats").out()).contains("3 events pending");
    }
  }

  @Test
  void aVariableThatIsMisspelledIsTold() {
    Map<String, String> environment =
        Map.of(
            "RATELIMIT_MAX_WORKER", "3",
            "RATELIMIT_API_TOKEN", "secret",
            "RATELIMIT_PORT_80_TCP_ADDR", "10.0.0.1",
            "OTHER", "1");

    CommandRun run = CommandRun.in(environment, "plan");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err())
        .isEqualTo(
            "ratelimit: the variable RATELIMIT_MAX_WORKER has no effect; did you mean"
                + " RATELIMIT_MAX_WORKERS?\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit: 30/m\nlimit: 40/m\n",
        "limit: 30/m\n---\nlimit: 40/m\n",
        "plan.limit: 30/m\nplan:\n  limit: 40/m\n"
      })
  void nothingIsLeftOutInSilence(String content) throws IOException {
    CommandRun run = CommandRun.of("plan", "--config", file("c.yaml", content));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("c.yaml");
  }

  /** Any file is either used or rejected with a message. */
  @ParameterizedTest
  @ValueSource(strings = {"c.yaml", "c.properties"})
  void noFileIsABug(String name) throws IOException {
    Random random = new Random(7);
    byte[] good =
        "limit: 30/m\nplan:\n  max-workers: 5\n  \"events\": '10'\ndeadline: &d 3m\n# c\n"
            .getBytes(StandardCharsets.UTF_8);
    byte[] hostile = ":-?!&*#|>%@`'\"{}[],~=\\\t\n\r \0".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 400; i++) {
      byte[] bytes = Arrays.copyOf(good, 1 + random.nextInt(good.length));
      for (int n = random.nextInt(4); n > 0; n--) {
        bytes[random.nextInt(bytes.length)] =
            random.nextInt(3) > 0
                ? hostile[random.nextInt(hostile.length)]
                : (byte) random.nextInt(256);
      }
      Path file = Files.write(folder.resolve(name), bytes);
      String shown = new String(bytes, StandardCharsets.ISO_8859_1);
      try {
        assertThat(Configuration.of(Map.of("RATELIMIT_CONFIG", file.toString()))).isNotNull();
      } catch (InputException refused) {
        assertThat(refused.getMessage()).as(shown).contains(name);
      }
    }
  }

  @Test
  void propertiesDoAsWell() throws IOException {
    String file = file("c.properties", "limit = 30/m\nsystem.rounds = 4\n");

    assertThat(CommandRun.of("config", "show", "--config", file).out())
        .containsPattern("--limit +30/m +")
        .containsPattern("--rounds +4 +" + file + ", system.rounds")
        .containsPattern("--deadline +3m +default")
        .containsPattern("--emergency-limit +60/m +default");
  }

  @Test
  void passwordsAreNotShown() throws IOException {
    String file = file("c.yaml", "redis: redis://user:secret@host:6379\n");

    CommandRun run = CommandRun.of("config", "show", "worker", "--config", file, "--json");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("redis://user:***@host:6379").doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          max-worker: 3      | unknown key "max-worker"; did you mean max-workers?
          sytem.speedup: 3   | unknown key "sytem.speedup"; did you mean system.speedup?
          help: true         | unknown key "help"
          limit: [1, 2]      | limit must be one value
          just a word        | must be keys and values
          a: b: c            | is not YAML
          limit: lots        | '--limit'
          """)
  void whatIsWrongIsRefusedInOneLine(String content, String reason) throws IOException {
    CommandRun run = CommandRun.of("plan", "--config", file("c.yaml", content + "\n"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines()).singleElement().asString().contains(reason);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aValueThatIsRefusedIsSaidToBeFromWhereItIs() {
    assertThat(CommandRun.in(Map.of("RATELIMIT_LIMIT", "lots"), "plan").err())
        .contains("'--limit'", "(from environment RATELIMIT_LIMIT)");
    assertThat(CommandRun.in(Map.of("RATELIMIT_LIMIT", "20/m"), "plan", "--limit", "x").err())
        .contains("'--limit'")
        .doesNotContain("(from");
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    CommandRun run = CommandRun.of("plan", "--config", folder.resolve("none.yaml").toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines()).singleElement().asString().contains("does not exist");
  }

  @Test
  void anEmptyFileSaysNothing() throws IOException {
    assertThat(CommandRun.of("plan", "--config", file("c.yaml", "# nothing\n")).exitCode())
        .isZero();
  }
}
