package io.ratelimit.cli.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Short rounds in accelerated time. */
@Timeout(120)
class DemoCommandTest {

  /** 10 events need 27 s and one's processing time: a deadline that no slow machine misses. */
  private static final String ROUND = " --events 10 --deadline 30m --speedup 100 --failure-rate 0";

  private static final String ESCAPE = "\u001b";

  private static CommandRun demo(String arguments) {
    return CommandRun.of(("demo" + arguments).split(" "));
  }

  @Test
  void aRoundIsDrainedAndReported() {
    CommandRun run = demo(ROUND);

    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("Events      10 done, 0 failed, 0 left; 10 attempts, 0 retries")
        .contains("Balance     even: 10 published = 10 done + 0 failed + 0 left")
        .contains("OK: deadline met, limit held, nothing lost.")
        .doesNotContain(ESCAPE, "\r");
  }

  @Test
  void jsonIsOneDocumentAndNothingElse() throws JsonProcessingException {
    CommandRun run = demo(ROUND + " --json");
    JsonNode json = new JsonMapper().readTree(run.out());

    assertThat(run.exitCode()).isZero();
    assertThat(json.get("published").intValue()).isEqualTo(10);
    assertThat(json.get("done").intValue()).isEqualTo(10);
    assertThat(json.get("conserved").booleanValue()).isTrue();
    assertThat(json.get("limitHeld").booleanValue()).isTrue();
    assertThat(json.get("deadlineMet").booleanValue()).isTrue();
    assertThat(json.get("lateness").isNull()).isTrue();
    assertThat(json.get("largestWindow").intValue()).isBetween(1, 20);
  }

  @Test
  void aMissedDeadlineIsSaidAndEndsWith1() {
    CommandRun run = demo(" --events 200 --deadline 20s --emergency-limit none --speedup 100");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("MISSED: ", "the deadline of 20 s");
  }

  @Test
  void jsonSaysHowLateARoundWasAndWhy() throws JsonProcessingException {
    JsonNode json =
        new JsonMapper()
            .readTree(
                demo(" --events 200 --deadline 20s --emergency-limit none --speedup 100 --json")
                    .out());

    assertThat(json.at("/lateness/remaining").longValue())
        .isPositive()
        .isEqualTo(json.get("remaining").longValue());
    assertThat(json.at("/lateness/bySeconds").doubleValue()).isZero();
    assertThat(json.at("/lateness/detail").textValue()).isNotBlank();
  }

  @Test
  void aTerminalSeesALineThatIsOverwritten() {
    CommandRun run = CommandRun.onTerminal(true, ("demo" + ROUND).split(" "));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("\r", ESCAPE + "[3", "10 done");
  }

  @Test
  void withoutColorsNothingIsColored() {
    CommandRun run = CommandRun.onTerminal(false, ("demo" + ROUND).split(" "));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().replace(ESCAPE + "[K", "")).doesNotContain(ESCAPE);
  }

  @Test
  void theSampleFileIsDrained() throws JsonProcessingException {
    CommandRun run =
        demo(
            " --file ../examples/events.jsonl --deadline 60m --speedup 1000 --failure-rate 0 --limit 2/s --emergency-limit none --json");
    JsonNode json = new JsonMapper().readTree(run.out());

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(json.get("published").intValue()).isEqualTo(108);
    assertThat(json.get("done").intValue()).isEqualTo(108);
  }

  @Test
  void badLinesAreListedByNumberAndNothingIsDone(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("events.jsonl"),
            """
            {"id":"e1","type":"OPEN_ORDER_DETECTED","walletId":"w1"}
            {"id":"e2","type":"OPEN_ORDER_DETECTED"}

            not JSON
            {"id":"e1","type":"OPEN_ORDER_DETECTED","walletId":"w1"}
            """);

    CommandRun run = CommandRun.of("demo", "--file", file.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines()).hasSize(4);
    assertThat(run.errLines().get(0))
        .endsWith("has 3 bad lines beside 1 good one; nothing was done");
    assertThat(run.errLines().get(1)).isEqualTo("  line 2: \"walletId\" is missing");
    assertThat(run.errLines().get(2)).startsWith("  line 4: is not JSON: ");
    assertThat(run.errLines().get(3)).isEqualTo("  line 5: id \"e1\" is already on line 1");
  }

  @Test
  void eventsComeFromStandardInputAndWhatIsOddIsNoted() {
    CommandRun run =
        CommandRun.withInput(
            "{\"id\":\"e1\",\"type\":\"MINE\",\"walletId\":\"w\",\"color\":\"red\"}\n",
            "demo --file - --speedup 1000 --deadline 30m --failure-rate 0".split(" "));

    assertThat(run.exitCode()).isZero();
    assertThat(run.errLines())
        .containsExactly(
            "note: ignored \"color\", a field that events do not have, on 1 line",
            "note: MINE is not a standard type; one is expected to take 10 s (--processing-time)");
  }

  @Test
  void anEmptyFileIsRefused() {
    CommandRun run = CommandRun.withInput(" \n\n", "demo", "--file", "-");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines())
        .containsExactly("ratelimit demo: --file - holds no events: all of it is blank");
  }
}
