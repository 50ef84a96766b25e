package io.ratelimit.cli.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.simulation.Simulation;
import io.ratelimit.core.simulation.Simulation.Arrival;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioFileTest {

  private static final Path EXAMPLES = Path.of("../examples/scenarios");

  private static Scenario parse(String... lines) {
    return ScenarioFile.parse("test.yaml", String.join("\n", lines));
  }

  private static void assertRefused(String message, String... lines) {
    assertThatThrownBy(() -> parse(lines))
        .isInstanceOf(InputException.class)
        .hasMessage("test.yaml" + message);
  }

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void eachExampleRunsAndHoldsItsLimit(Path file) {
    Scenario scenario = ScenarioFile.read(file.toString());

    scenario
        .variants()
        .forEach(
            (name, settings) -> {
              Simulation.Result result = scenario.simulation(settings, 1).run();
              assertThat(result.conserved()).as(name).isTrue();
              assertThat(result.report().limitHeld()).as(name).contains(true);
              assertThat(result.report().remaining()).as(name).isZero();
              assertThat(result.rounds()).as(name).hasSize(scenario.rounds());
            });
  }

  @Test
  void thereAreExamplesOfEachKind() throws IOException {
    assertThat(examples()).hasSizeGreaterThanOrEqualTo(5);
    String all =
        examples().stream()
            .map(
                file -> {
                  try {
                    return Files.readString(file);
                  } catch (IOException failed) {
                    throw new AssertionError(failed);
                  }
                })
            .collect(Collectors.joining());
    assertThat(all)
        .contains("burst", "constant", "poisson", "seasonal", "list", "outages:", "slow:")
        .contains("changes:", "variants:", "limits:", "wallets:", "rounds:", "pause:");
  }

  @Test
  void theSameSeedGivesTheSameEventsAndAnotherOthers() {
    Scenario scenario = parse("arrivals:", "- {pattern: poisson, rate: 60/m}");

    assertThat(scenario.arrivals(3)).isEqualTo(scenario.arrivals(3));
    assertThat(scenario.arrivals(4)).isNotEqualTo(scenario.arrivals(3));
  }

  @Test
  void aMixHasItsSharesAndWalletsTheirSkew() {
    Scenario scenario =
        parse(
            "arrivals:",
            "- {pattern: burst, count: 10000, mix: {A: 3, B: 1}}",
            "wallets: {count: 10, skew: 1}");
    List<Arrival> arrivals = scenario.arrivals(1).get(0);
    Map<String, Long> types =
        arrivals.stream()
            .collect(
                Collectors.groupingBy(each -> each.event().type().name(), Collectors.counting()));
    Map<String, Long> wallets =
        arrivals.stream()
            .collect(Collectors.groupingBy(each -> each.event().walletId(), Collectors.counting()));

    assertThat(types.get("A")).isBetween(7_300L, 7_700L);
    assertThat(wallets).hasSize(10);
    // 1 of 1 + 1/2 + … + 1/10, and a tenth of that.
    assertThat(wallets.get("wallet-1")).isBetween(3_200L, 3_650L);
    assertThat(wallets.get("wallet-10")).isBetween(270L, 420L);
  }

  @Test
  void variantsChangeWhatTheySayAndNothingElse() {
    Scenario scenario =
        parse(
            "limit: 30/m",
            "workers: 2-5",
            "arrivals: [{pattern: burst, count: 3}]",
            "variants:",
            "  fast: {limit: 40/m, deadline: 90s}");
    Settings written = scenario.variants().get("as written");
    Settings fast = scenario.variants().get("fast");

    assertThat(written.limit()).isEqualTo(RateLimit.of(30).perMinute());
    assertThat(fast.limit()).isEqualTo(RateLimit.of(40).perMinute());
    assertThat(fast.terms()).isEqualTo(written.terms().withDeadline(Duration.ofSeconds(90)));
  }

  @Test
  void whatGoesWrongIsExpectedUnlessSomethingElseIsSaid() {
    Scenario scenario =
        parse(
            "arrivals: [{pattern: burst, count: 3}]",
            "api: {failure-rate: 20%}",
            "retries: 2",
            "variants: {blind: {expect: {}}}");

    assertThat(scenario.variants().get("as written").terms().expectations().failureRate())
        .isEqualTo(0.2);
    assertThat(scenario.variants().get("as written").terms().expectations().retries()).isEqualTo(2);
    assertThat(scenario.variants().get("blind").terms().expectations().failureRate()).isZero();
  }

  @Test
  void aKeyThatIsNotKnownIsRefusedWithItsLineAndTheNearest() {
    assertRefused(
        ", line 2: unknown key \"dead-line\"; did you mean deadline?",
        "limit: 20/m",
        "dead-line: 3m",
        "arrivals: []");
    assertRefused(
        ", line 4: unknown key \"widthin\" in arrivals[1]; did you mean within?",
        "arrivals:",
        "- pattern: burst",
        "  count: 3",
        "  widthin: 3s");
    assertRefused(
        ", line 3: unknown key \"retires\" in variants.x; did you mean retries?",
        "variants:",
        "  x:",
        "    retires: 3",
        "arrivals: [{pattern: burst, count: 3}]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit: fast | limit is refused: a rate limit must look like 20/m",
        "deadline: soon | deadline is refused: a duration must look like 10s",
        "confidence: 10% | confidence is refused: must be a confidence from 50% to 99.999%",
        "workers: 5-2 | workers is refused: workers must be 1 ≤ min ≤ max",
        "workers: many | workers must be like 4 or 1-10 but is \"many\"",
        "policy: clever | policy must be one of standard, normal-limit, fixed but is \"clever\"",
        "retries: -1 | retries must be a whole number from 0 to 100 but is \"-1\"",
        "rounds: 0 | rounds must be a whole number from 1 to 10000 but is \"0\"",
        "wallets: {count: 5, skew: -1} | wallets.skew must be a number from 0 to 10",
        "types: {A: {priority: urgent}} | types.A.priority must be high, normal or low",
        "limits: {a: {key: moon, windows: 5/s}} | limits.a.key must be wallet or type",
        "limits: {a: {key: wallet}} | limits.a needs windows or max-in-flight",
        "api: {outages: [{from: 9s, to: 3s}]} | api.outages[1] must end after it begins",
        "changes: [{at: 9s}] | changes[1] must have at and one of limit, pause, or name",
        "changes: [{at: 9s, name: x, windows: 5/s}] | changes[1].name is of no limit",
        "name: [a] | name must be one value",
        "variants: {this name is too long: {}} | variants.this name is too long must have a name",
        "emergency-limit: 10/m | is refused: emergency limit must be at least as fast",
      })
  void aValueOutOfRangeIsRefusedWithItsLine(String line, String message) {
    assertThatThrownBy(() -> parse("arrivals: [{pattern: burst, count: 3}]", line))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("test.yaml, line ")
        .hasMessageContaining(message);
  }

  @Test
  void whatIsNoScenarioIsRefused() {
    assertRefused(" is empty; docs/simulator.md says what belongs there", "");
    assertRefused(" is not YAML: see line 1, column 5", "a: b: c");
    assertRefused(", line 1: must be keys and values", "- a");
    assertRefused(", line 1: needs arrivals", "limit: 20/m");
    assertRefused(", line 1: has no events: nothing arrives with seed 1", "arrivals: []");
    assertRefused(", line 2: \"limit\" is there twice", "limit: 20/m", "limit: 30/m");
    assertThatThrownBy(() -> parse("a: &x 1", "b: *x"))
        .hasMessage("test.yaml, line 2: aliases (*name) are not supported; write the value again");
    assertThatThrownBy(() -> parse("arrivals: [{pattern: burst, count: 3}]", "---", "a: 1"))
        .hasMessageContaining("a second document");
    assertThatThrownBy(() -> parse("a: " + "[".repeat(50) + "]".repeat(50)))
        .hasMessage("test.yaml, line 1: nested too deeply");
  }

  @Test
  void whatWouldBeTooLargeIsRefused() {
    assertThatThrownBy(
            () ->
                parse(
                    "arrivals:",
                    "- {pattern: burst, count: 1200000}",
                    "- {pattern: burst, count: 1200000}"))
        .hasMessageContaining("a run may have at most 2000000 events");
    assertThatThrownBy(() -> parse("arrivals: [{pattern: constant, rate: 1000000/s, to: 366d}]"))
        .hasMessageContaining("at most 10000000 events can arrive");
  }
}
