package io.ratelimit.cli.round;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import org.junit.jupiter.api.Test;

class PlanCommandTest {

  private static JsonNode plan(String arguments) throws JsonProcessingException {
    CommandRun run = CommandRun.of(("plan --json " + arguments).split(" "));
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    return new JsonMapper().readTree(run.out());
  }

  @Test
  void theTypicalRoundNeedsAHigherLimitAndHasUntilThenToRaiseIt() throws JsonProcessingException {
    JsonNode plan =
        plan(
            "--events 108 --processing-time 10s --deadline 3m --limit 20/m --emergency-limit 60/m");

    assertThat(plan.get("requiredWorkers").intValue()).isEqualTo(6);
    assertThat(plan.get("rateLimitedWorkers").intValue()).isEqualTo(4);
    assertThat(plan.get("optimalWorkers").intValue()).isEqualTo(4);
    assertThat(plan.get("feasibleAtLimit").booleanValue()).isFalse();
    assertThat(plan.get("lastStartSeconds").doubleValue()).isEqualTo(321);
    assertThat(plan.get("finishSeconds").doubleValue()).isEqualTo(331);
    assertThat(plan.get("neededPerMinute").doubleValue()).isEqualTo(38);
    assertThat(plan.get("neededWorkers").intValue()).isEqualTo(7);
    assertThat(plan.get("feasibleWithEmergency").booleanValue()).isTrue();
    assertThat(plan.get("latestEmergencyStartSeconds").doubleValue()).isEqualTo(94.5);
    assertThat(plan.get("shortfall").intValue()).isZero();
    assertThat(plan.get("bottleneck").textValue()).isEqualTo("RATE");
  }

  @Test
  void whatCannotBeDoneIsNull() throws JsonProcessingException {
    JsonNode plan = plan("--events 10000 --processing-time 10s --deadline 1m --limit 20/m");

    assertThat(plan.get("feasibleWithEmergency").booleanValue()).isFalse();
    assertThat(plan.get("emergencyLimit").isNull()).isTrue();
    assertThat(plan.get("latestEmergencyStartSeconds").isNull()).isTrue();
    assertThat(plan.get("shortfall").longValue()).isPositive();
  }

  @Test
  void aShortRoundIsFeasible() throws JsonProcessingException {
    JsonNode plan = plan("--events 10 --processing-time 10s --deadline 3m --limit 20/m");

    assertThat(plan.get("feasibleAtLimit").booleanValue()).isTrue();
    // The tenth starts after nine intervals of 3 s.
    assertThat(plan.get("finishSeconds").doubleValue()).isEqualTo(37);
  }

  @Test
  void theTextSaysTheSame() {
    CommandRun run = CommandRun.of("plan --processing-time 10s --emergency-limit 60/m".split(" "));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("331 s", "38/min", "7 workers", "94.5 s")
        .doesNotContain("\u001b");
    assertThat(run.outLines()).allMatch(line -> line.length() <= CommandRun.WIDTH);
  }
}
