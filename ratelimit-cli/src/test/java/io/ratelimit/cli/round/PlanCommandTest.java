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

  private static final String CHANCE =
      "--events 108 --failure-rate 5% --slow-rate 10% --slow-factor 2 --emergency-limit 60/m";

  @Test
  void theConfidenceThatCanBeHadIsSaidAtEachLimit() throws JsonProcessingException {
    JsonNode plan = plan(CHANCE + " --confidence 99%");

    assertThat(plan.get("confidence").doubleValue()).isEqualTo(0.99);
    assertThat(plan.get("confidenceAtLimit").doubleValue()).isLessThan(0.001);
    assertThat(plan.get("confidenceAtNeeded").doubleValue()).isBetween(0.99, 0.9999);
    assertThat(plan.get("confidenceWithEmergency").doubleValue()).isGreaterThan(0.999);
    CommandRun run = CommandRun.of(("plan " + CHANCE).split(" "));
    assertThat(String.join(" ", run.out().split("\\s+")))
        .contains(
            "in 3 min with a confidence of 99.9 %",
            "Of such rounds less than 0.1 % are in time. Workers",
            "Of such rounds 99.9 % are in time. Emergency",
            "Of such rounds over 99.99 % are in time.");
  }

  @Test
  void aSurerRoundNeedsAHigherLimit() throws JsonProcessingException {
    assertThat(plan(CHANCE + " --confidence 0.9999").get("neededPerMinute").doubleValue())
        .isGreaterThan(plan(CHANCE + " --confidence 0.5").get("neededPerMinute").doubleValue());
  }

  @Test
  void weightsCountAsPermits() throws JsonProcessingException {
    JsonNode plan = plan("--type A=36@10s*3 --emergency-limit 60/m");

    // 18 permits of a window hold six events of weight 3: 36 take six windows but for the last.
    assertThat(plan.get("lastStartSeconds").doubleValue()).isEqualTo(345);
    assertThat(CommandRun.of("plan", "--type", "A=36@10s*3").out())
        .contains("36 events that cost 108 permits, of 10 s");
  }

  private static final String NAMED =
      "--events 108 --processing-time 10s --max-workers 100 --limit address=20/m"
          + " --limit account=60/m,200000/d --key account=wallet";

  @Test
  void eachLimitSaysWhatItNeedsAndTheOneThatBindsIsNamed() throws JsonProcessingException {
    JsonNode plan = plan(NAMED);

    assertThat(plan.get("feasibleAtLimit").booleanValue()).isFalse();
    assertThat(plan.get("bottleneck").textValue()).isEqualTo("RATE");
    assertThat(plan.get("binding").get("limit").textValue()).isEqualTo("address");
    JsonNode limits = plan.get("limits");
    assertThat(limits).hasSize(3);
    assertThat(limits.get(0).get("name").isNull()).isTrue();
    assertThat(limits.get(1).get("name").textValue()).isEqualTo("account");
    assertThat(limits.get(1).get("binds").booleanValue()).isFalse();
    JsonNode address = limits.get(2);
    assertThat(address.get("binds").booleanValue()).isTrue();
    assertThat(address.get("cost").intValue()).isEqualTo(108);
    // As for a queue's own limit: 107 intervals of 3 s and the last event's 10 s, or 38/min.
    assertThat(address.get("finishSeconds").doubleValue()).isEqualTo(331);
    assertThat(address.get("needed").get(0).textValue()).isEqualTo("38/min");
  }

  @Test
  void theTextShowsEachLimit() {
    CommandRun run = CommandRun.of(("plan " + NAMED).split(" "));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("The limit address is the bottleneck")
        .containsPattern("address +20/min +108 +331 s +38/min +binds");
    assertThat(run.outLines()).allMatch(line -> line.length() <= CommandRun.WIDTH);
  }

  @Test
  void aCeilingLetsANamedLimitBeRaised() throws JsonProcessingException {
    JsonNode plan =
        plan(
            "--events 108 --processing-time 10s --max-workers 100 --limit address=20/m"
                + " --ceiling address=60/m");

    assertThat(plan.get("feasibleAtLimit").booleanValue()).isFalse();
    assertThat(plan.get("feasibleWithEmergency").booleanValue()).isTrue();
  }

  @Test
  void costsAndAttemptsAtOnceCount() throws JsonProcessingException {
    JsonNode plan =
        plan(
            "--type ORDER=10@1s --type CHECK=10@1s --limit address=60/m --cost address=ORDER:3"
                + " --max-in-flight wallet=1 --key wallet=type");

    JsonNode limits = plan.get("limits");
    assertThat(limits.get(1).get("cost").intValue()).isEqualTo(40);
    assertThat(limits.get(2).get("name").textValue()).isEqualTo("wallet");
    // Ten of each type, one after the other.
    assertThat(limits.get(2).get("finishSeconds").doubleValue()).isEqualTo(10);
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    assertThat(CommandRun.of("plan --limit 20/m --limit 30/m".split(" ")).err())
        .contains("--limit is given 2 times without a name");
    assertThat(CommandRun.of("plan --limit a=20/m --limit a=30/m".split(" ")).err())
        .contains("--limit a is given twice");
    assertThat(CommandRun.of("plan --limit a=20/m --key b=wallet".split(" ")).err())
        .contains("--key b is of no limit");
    assertThat(CommandRun.of("plan --limit a=20/m --key a=color".split(" ")).err())
        .contains("wallet, type or attribute:NAME");
    assertThat(CommandRun.of("plan --limit a=20/m --cost a=30".split(" ")).err())
        .contains("costs 30 in the limit a");
    assertThat(CommandRun.of("plan --limit a=20/m --ceiling a=30/h".split(" ")).err())
        .contains("ceiling");
    assertThat(CommandRun.of("demo --limit a=20/m".split(" ")).err())
        .contains("which only plan and simulate support");
  }
}
