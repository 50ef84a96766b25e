package io.ratelimit.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.telemetry.Scrape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** operations.md names the alert of each condition. */
class RunbookTest {

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (`[a-z_]+`(?:, `[a-z_]+`)*) \\| ([^|]+) \\| ([^|]+) \\|$");
  private static final Pattern QUOTED = Pattern.compile("`(\\w+)`");
  private static final Pattern STATE =
      Pattern.compile("ratelimit_condition(?::max)?\\{state=~?\"([a-z_|]+)\"");
  private static final Pattern EXPORTED =
      Pattern.compile("ratelimit_condition\\{[^}]*state=\"(\\w+)\"");

  /** States whose cause other metrics show, even if nobody watches a manager. */
  private static final Set<String> TOLD_BY_OTHER_METRICS =
      Set.of("late", "paused", "unread", "stale", "unreachable");

  private static List<String> quoted(String text) {
    return QUOTED.matcher(text).results().map(found -> found.group(1)).toList();
  }

  /** The alerts of each state, as the page says. */
  private static Map<String, Set<String>> page() throws IOException {
    String page = Files.readString(Path.of("../docs/operations.md"));
    String section = page.substring(page.indexOf("\n## Alerts"), page.indexOf("\n## Logs"));
    Map<String, Set<String>> alerts = new TreeMap<>();
    for (MatchResult row : ROW.matcher(section).results().toList()) {
      for (String state : quoted(row.group(1))) {
        assertThat(alerts.put(state, new TreeSet<>(quoted(row.group(2))))).as(state).isNull();
      }
    }
    return alerts;
  }

  /** The states that each alert names, by its name. */
  private static Map<String, List<String>> rules() {
    Map<String, List<String>> states = new HashMap<>();
    PrometheusFilesTest.alerts()
        .forEach(
            alert ->
                states.put(
                    alert.get("alert").asText(),
                    STATE
                        .matcher(alert.get("expr").asText())
                        .results()
                        .flatMap(found -> List.of(found.group(1).split("\\|")).stream())
                        .toList()));
    return states;
  }

  @Test
  void everyConditionThatIsExportedHasARow() throws IOException {
    Set<String> exported = new TreeSet<>();
    EXPORTED.matcher(Scrape.text()).results().forEach(found -> exported.add(found.group(1)));

    assertThat(exported).hasSizeGreaterThan(20);
    assertThat(page().keySet()).isEqualTo(exported);
  }

  @Test
  void thePageAndTheRulesNameTheSame() throws IOException {
    Map<String, Set<String>> page = page();
    Map<String, List<String>> rules = rules();

    assertThat(page.values().stream().flatMap(Set::stream)).allMatch(rules::containsKey);
    List<String> both = new ArrayList<>();
    rules.forEach(
        (alert, states) ->
            states.forEach(
                state -> {
                  assertThat(page.get(state)).as(state).contains(alert);
                  both.add(state + " " + alert);
                }));
    page.forEach(
        (state, alerts) ->
            alerts.stream()
                .filter(alert -> !TOLD_BY_OTHER_METRICS.contains(state))
                .forEach(alert -> assertThat(both).contains(state + " " + alert)));
  }

  @Test
  void metricsNamesTheSameStates() throws IOException {
    String row =
        Files.readAllLines(Path.of("../docs/metrics.md")).stream()
            .filter(line -> line.startsWith("| `ratelimit.condition` |"))
            .findFirst()
            .orElseThrow();
    Set<String> told = new TreeSet<>(quoted(row.substring(row.indexOf("1 for the current state"))));

    assertThat(told).isEqualTo(page().keySet());
  }
}
