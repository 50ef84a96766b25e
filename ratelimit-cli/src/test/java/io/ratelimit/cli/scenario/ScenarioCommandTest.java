package io.ratelimit.cli.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.core.history.FileRoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Spread;
import io.ratelimit.testkit.history.SampleRound;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ScenarioCommandTest {

  private static final String AUDIT = "../examples/scenarios/audit.yaml";

  @TempDir private Path directory;

  private static CommandRun run(String command) {
    return CommandRun.of(command.split(" "));
  }

  private Path scenario(String... lines) throws IOException {
    return Files.writeString(directory.resolve("scenario.yaml"), String.join("\n", lines));
  }

  private Document svg(Path file) throws Exception {
    byte[] content = Files.readString(file).getBytes(StandardCharsets.UTF_8);
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(content));
  }

  @Test
  void variantsAreShownSideBySideWithinTheWidth() {
    CommandRun run = run("simulate run " + AUDIT + " --runs 2");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("as written", "half sure", "never raised", "all at once", "Simulated 2 runs");
    assertThat(run.outLines()).allMatch(line -> line.length() <= CommandRun.WIDTH);
    assertThat(run("simulate run " + AUDIT + " --runs 2")).isEqualTo(run);
  }

  @Test
  void theResultIsThereAsJsonAndDrawn() throws Exception {
    Path drawing = directory.resolve("run.svg");
    CommandRun run = run("simulate run " + AUDIT + " --runs 3 --json --svg " + drawing);
    JsonNode json = new JsonMapper().readTree(run.out());

    assertThat(json.get("simulated").booleanValue()).isTrue();
    JsonNode written = json.at("/variants/as written");
    assertThat(written.get("met").intValue()).isEqualTo(3);
    assertThat(written.get("metShare").doubleValue()).isEqualTo(1);
    assertThat(written.at("/metInterval/low").doubleValue()).isBetween(0.43, 0.44);
    assertThat(json.at("/variants/never raised/met").intValue()).isZero();
    Document svg = svg(drawing);
    assertThat(svg.getDocumentElement().getAttribute("role")).isEqualTo("img");
    assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).contains("108 events");
    assertThat(svg.getElementsByTagName("desc").item(0).getTextContent()).contains("Simulated");
    // A line of each variant in each panel, one of each in the legend, and the grid.
    assertThat(svg.getElementsByTagName("path").getLength()).isEqualTo(4 * 3 + 4 + 3 * 3);
    assertThat(Files.readString(drawing)).contains("prefers-color-scheme:dark");
  }

  @Test
  void whatIsNeverFinishedIsSoInTextAndJson() throws IOException {
    Path file =
        scenario(
            "arrivals: [{pattern: burst, count: 2}]",
            "decision-interval: 1h",
            "changes: [{at: 0s, pause: 60d}]");

    assertThat(run("simulate run --runs 1 " + file).out()).contains("never");
    JsonNode json = new JsonMapper().readTree(run("simulate run --runs 1 --json " + file).out());
    assertThat(json.at("/variants/as written/finishP50").isNull()).isTrue();
    assertThat(json.at("/variants/as written/met").intValue()).isZero();
  }

  @Test
  void aSettingIsTunedToItsGoal() throws Exception {
    Path drawing = directory.resolve("tune.svg");
    Path file = scenario("deadline: 100s", "arrivals: [{pattern: burst, count: 50}]");
    String tune = "simulate tune " + file + " --vary limit --runs 3 --met 100%";
    CommandRun run = run(tune + " --svg " + drawing);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Answer *", "Not ");
    assertThat(run.outLines()).allMatch(line -> line.length() <= CommandRun.WIDTH);
    JsonNode json = new JsonMapper().readTree(run(tune + " --json").out());
    assertThat(json.get("exact").booleanValue()).isTrue();
    assertThat(json.get("shown").booleanValue()).isFalse();
    // 50 starts in less than 100 s, of which the last takes some seconds.
    RateLimit answer = RateLimit.parse(json.get("answer").textValue());
    assertThat(answer.permits()).isBetween(29, 34);
    assertThat(svg(drawing).getElementsByTagName("path").getLength()).isPositive();
  }

  @Test
  void aGoalOutOfReachHasAnExitCodeOfItsOwn() throws IOException {
    Path file = scenario("deadline: 10s", "arrivals: [{pattern: burst, count: 50}]");
    CommandRun run = run("simulate tune " + file + " --vary workers --runs 2");

    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.out()).contains("none: not even 100 reaches the goal");
  }

  @Test
  void whatIsWrongIsToldOnOneLine() throws IOException {
    Path file = scenario("arrivals: [{pattern: burst, count: 3}]", "limt: 3/m");

    assertBad("simulate run " + file, "unknown key \"limt\"; did you mean limit?");
    assertBad("simulate run nowhere.yaml", "the scenario nowhere.yaml does not exist");
    assertBad("simulate run " + AUDIT + " --runs 100000", "lower --runs");
    assertBad("simulate run " + AUDIT + " --runs 1 --svg nowhere/x.svg", "no such directory");
    assertBad("simulate tune " + AUDIT + " --vary luck", "must be one of limit, emergency-limit");
    assertBad(
        "simulate tune " + AUDIT + " --vary limit --from 9/s",
        "must be for the same time as 20/min");
    assertBad("simulate tune " + AUDIT + " --vary workers --from 9 --to 3", "nothing to search");
    assertBad(
        "simulate tune " + AUDIT + " --vary limit --variant x", "there are as written, half sure");
    assertBad("simulate replay nowhere.jsonl", "the history \"nowhere.jsonl\" does not exist");
    Path history = Files.writeString(directory.resolve("bad.jsonl"), "{}\n");
    assertBad("simulate replay " + history, "holds no rounds; 1 line could not be read");
  }

  private static void assertBad(String command, String message) {
    CommandRun run = run(command);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(message).doesNotContain("at io.ratelimit");
    assertThat(run.out()).isEmpty();
  }

  private static RoundRecord.OfType type(String name, long backlog, List<Long> later, int tenths) {
    Spread times = Spread.of(Duration.ofMillis(100L * tenths));
    return new RoundRecord.OfType(
        name, Optional.of(backlog), Optional.of(later), 100, 90, 0, 10, Optional.of(times));
  }

  private static RoundRecord round(String id, boolean known) {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    SampleRound round =
        SampleRound.ended(id, start.plusSeconds(100))
            .took(Duration.ofSeconds(100))
            .deadline(Duration.ofMinutes(4))
            .limit(
                new RoundRecord.LimitUse(
                    Optional.of(RateLimit.of(30).perMinute()),
                    List.of(),
                    Optional.empty(),
                    Optional.of(0L)))
            .workers(new RoundRecord.Workers(4, 3, 5));
    if (known) {
      round
          .counts(new RoundRecord.Counts(22, 12, 34, 0, 0, 0, 40, 6))
          .types(type("A", 20, List.of(0L, 10L), 10), type("B", 0, List.of(2L), 50));
    }
    return round.build();
  }

  @Test
  void aRecordedRoundIsPlayedAgainAsItWasAndOtherwise() throws IOException {
    Path history = directory.resolve("rounds.jsonl");
    FileRoundHistory.at(history).append(round("first", true));
    CommandRun run = run("simulate replay " + history + " --limit 5/m --runs 3");

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("as recorded", "changed", "drawn again", "recorded, not simulated: met, took");
    assertThat(run.outLines()).allMatch(line -> line.length() <= CommandRun.WIDTH);
    JsonNode json =
        new JsonMapper()
            .readTree(
                run("simulate replay " + history + " --round first --limit 5/m --runs 3 --json")
                    .out());
    // 34 events, 2 of which are of no known type; at 5/min they take more than six minutes.
    assertThat(json.at("/variants/as recorded/met").intValue()).isEqualTo(3);
    assertThat(json.at("/variants/changed/met").intValue()).isZero();
    assertThat(json.at("/variants/changed/finishP50").doubleValue()).isGreaterThan(360);
  }

  @Test
  void theEventsOfARecordArriveInTheirMinutes() {
    Scenario scenario = Replay.of(round("x", true), Optional.empty()).scenario();
    var arrivals = scenario.arrivals(5).get(0);

    assertThat(arrivals).hasSize(34);
    assertThat(arrivals)
        .filteredOn(each -> each.event().type().name().equals("A") && !each.at().isZero())
        .hasSize(10)
        .allMatch(each -> each.at().toMinutes() == 1);
  }

  @Test
  void aRecordThatDoesNotKnowItsEventsCannotBeReplayed() {
    Path history = directory.resolve("rounds.jsonl");
    FileRoundHistory.at(history).append(round("lost", false));

    assertBad("simulate replay " + history, "does not know how many events there were");
    assertBad("simulate replay " + history + " --round other", "has no round with the id");
  }
}
