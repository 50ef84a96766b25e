package io.ratelimit.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.shell.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
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

  /** Whatever a file holds, it is used or refused in words. */
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
