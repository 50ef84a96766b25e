package io.ratelimit.cli.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import org.junit.jupiter.api.Test;

class SimulateCommandTest {

  @Test
  void theSameSeedGivesTheSameRunsAndAnotherOthers() {
    CommandRun one = CommandRun.of("simulate --runs 5 --seed 7".split(" "));

    assertThat(CommandRun.of("simulate --runs 5 --seed 7".split(" "))).isEqualTo(one);
    assertThat(CommandRun.of("simulate --runs 5 --seed 8".split(" ")).out())
        .isNotEqualTo(one.out());
    assertThat(one.exitCode()).isZero();
    assertThat(one.err()).isEmpty();
  }

  @Test
  void theTypicalRoundMeetsItsDeadlineUnderTheLimitAndLosesNothing()
      throws JsonProcessingException {
    CommandRun run = CommandRun.of("simulate --runs 50 --json".split(" "));
    JsonNode json = new JsonMapper().readTree(run.out());

    assertThat(run.exitCode()).isZero();
    assertThat(json.get("runs").intValue()).isEqualTo(50);
    assertThat(json.get("events").intValue()).isEqualTo(108);
    assertThat(json.get("limitHeld").booleanValue()).isTrue();
    assertThat(json.get("conserved").booleanValue()).isTrue();
    assertThat(json.get("largestWindow").intValue()).isLessThanOrEqualTo(60);
    assertThat(json.get("metDeadline").intValue()).isGreaterThanOrEqualTo(49);
  }

  @Test
  void aFailingApiLeavesEventsInTheFailedQueue() throws JsonProcessingException {
    CommandRun run =
        CommandRun.of(
            "simulate --runs 1 --events 10 --failure-rate 1 --retries 2 --json".split(" "));
    JsonNode json = new JsonMapper().readTree(run.out());

    assertThat(json.at("/failed/max").doubleValue()).isEqualTo(10);
    assertThat(json.at("/retries/max").doubleValue()).isEqualTo(20);
  }

  @Test
  void aChartIsDrawnWithinTheWidth() {
    CommandRun run = CommandRun.of("simulate --runs 1".split(" "));

    assertThat(run.out()).contains("queue", "workers", "limit", "deadline ^");
    assertThat(run.outLines()).allMatch(line -> line.length() <= CommandRun.WIDTH);
  }

  @Test
  void theRunsThatMetAreComparedWithTheConfidenceThatWasPlanned() throws JsonProcessingException {
    assertThat(CommandRun.of("simulate --runs 20 --confidence 99%".split(" ")).out())
        .contains("met in 20 of 20 runs, 100 %; 99 % planned");
    // At the normal limit none of these can be in time.
    String hopeless = "simulate --runs 3 --emergency-limit none";
    assertThat(CommandRun.of(hopeless.split(" ")).out())
        .contains("met in 0 of 3 runs, 0 %; 99.9 % asked for, less than 0.1 % planned");
    JsonNode json =
        new JsonMapper().readTree(CommandRun.of((hopeless + " --json").split(" ")).out());
    assertThat(json.get("confidence").doubleValue()).isEqualTo(0.999);
    assertThat(json.get("plannedConfidence").doubleValue()).isLessThan(0.001);
    assertThat(json.get("asPlanned").booleanValue()).isTrue();
  }

  @Test
  void namedLimitsHoldTheRoundBack() throws JsonProcessingException {
    CommandRun run =
        CommandRun.of(
            ("simulate --json --runs 2 --events 50 --processing-time 2s --failure-rate 0"
                    + " --slow-rate 0 --deadline 70s --limit address=60/m")
                .split(" "));

    assertThat(run.exitCode()).isZero();
    JsonNode result = new JsonMapper().readTree(run.out());
    // A burst of 2, and then one each second.
    assertThat(result.get("finishSeconds").get("max").doubleValue()).isBetween(48.0, 70.0);
    assertThat(result.get("asPlanned").booleanValue()).isTrue();
  }
}
