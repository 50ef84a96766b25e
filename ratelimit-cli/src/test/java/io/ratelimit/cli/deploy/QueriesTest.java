package io.ratelimit.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every query of the example uses metrics that the processes export. */
class QueriesTest {

  /** An expression and its location. */
  record Query(String where, String expression) {
    @Override
    public String toString() {
      return where;
    }
  }

  /** Labels that Prometheus adds to everything it scrapes. */
  private static final Set<String> OF_THE_TARGET = Set.of("job", "instance");

  private static final Map<String, Set<String>> OF_PROMETHEUS =
      Map.of("up", OF_THE_TARGET, "ALERTS", Set.of("alertname", "alertstate", "queue", "severity"));

  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");
  private static final Pattern IN_TEMPLATE = Pattern.compile("\\$labels\\.(\\w+)");

  private static Map<String, Set<String>> exported = Map.of();

  @TempDir private Path folder;

  @BeforeAll
  static void scrape() {
    exported = Exported.names();
  }

  static Stream<Query> queries() {
    List<Query> queries = new ArrayList<>();
    for (String file : List.of("recording.yml", "alerts.yml")) {
      rules(file)
          .forEach(
              rule ->
                  queries.add(
                      new Query(
                          file + " " + rule.path("alert").asText(rule.path("record").asText()),
                          rule.get("expr").asText())));
    }
    Dashboard.load()
        .queries()
        .forEach(query -> queries.add(new Query(query.where(), query.expression())));
    queries.add(new Query("adapter.yml", adapterQuery()));
    return queries.stream();
  }

  private static List<JsonNode> rules(String file) {
    List<JsonNode> rules = new ArrayList<>();
    Yaml.document(Example.prometheus(file))
        .get("groups")
        .forEach(group -> group.get("rules").forEach(rules::add));
    return rules;
  }

  /** Returns the adapter's query for an autoscaler. */
  private static String adapterQuery() {
    JsonNode rule = Yaml.document(Example.prometheus("adapter.yml")).at("/externalRules/0");
    return rule.get("metricsQuery")
        .asText()
        .replace("<<.Series>>", rule.at("/name/as").asText())
        .replace("<<.LabelMatchers>>", "queue=\"ratelimit\"");
  }

  /** The labels of all series of that name; a recorded one says them before its colon. */
  private static Set<String> labels(String metric) {
    if (metric.contains(":")) {
      assertThat(rules("recording.yml").stream().map(rule -> rule.get("record").asText()))
          .contains(metric);
      return Set.of(metric.substring(0, metric.indexOf(':')).split("_"));
    }
    if (OF_PROMETHEUS.containsKey(metric)) {
      return OF_PROMETHEUS.get(metric);
    }
    assertThat(exported.keySet()).contains(metric);
    Set<String> labels = new TreeSet<>(exported.get(metric));
    labels.addAll(OF_THE_TARGET);
    return labels;
  }

  @ParameterizedTest
  @MethodSource("queries")
  void namesWhatIsExported(Query query) {
    Promql promql = Promql.of(query.expression());
    Set<String> available = new TreeSet<>();

    for (Promql.Selector selector : promql.selectors()) {
      Set<String> labels = labels(selector.metric());
      assertThat(labels).as(selector.metric()).containsAll(selector.labels());
      available.addAll(labels);
    }
    assertThat(available).containsAll(promql.groupings());
  }

  @Test
  void recordedSeriesHaveTheLabelsThatTheirNamesSayAndAreUsed() {
    Set<String> used = new TreeSet<>();
    queries()
        .flatMap(query -> Promql.of(query.expression()).selectors().stream())
        .forEach(selector -> used.add(selector.metric()));

    assertThat(rules("recording.yml"))
        .allSatisfy(
            rule -> {
              String name = rule.get("record").asText();
              Set<String> labels = new TreeSet<>();
              rule.path("labels").fieldNames().forEachRemaining(labels::add);
              String by = name.substring(0, name.indexOf(':')).replace("_", ", ");
              assertThat(labels.contains(by) || rule.get("expr").asText().contains("by (" + by))
                  .as(name)
                  .isTrue();
              assertThat(used).contains(name);
            });
  }

  @Test
  void alertsShowLabelsThatTheyHave() {
    assertThat(rules("alerts.yml"))
        .allSatisfy(
            rule -> {
              Promql expression = Promql.of(rule.get("expr").asText());
              Set<String> labels = new TreeSet<>(expression.groupings());
              expression.selectors().stream()
                  .filter(selector -> selector.metric().contains(":"))
                  .forEach(selector -> labels.addAll(labels(selector.metric())));
              assertThat(labels)
                  .as(rule.get("alert").asText())
                  .containsAll(
                      IN_TEMPLATE
                          .matcher(rule.get("annotations").toString())
                          .results()
                          .map(found -> found.group(1))
                          .toList());
            });
  }

  @Test
  void variablesOfTheDashboardHaveValues() {
    assertThat(Dashboard.load().variableQueries())
        .isNotEmpty()
        .allSatisfy(
            query -> {
              MatchResult found = LABEL_VALUES.matcher(query).results().findFirst().orElseThrow();
              assertThat(labels(found.group(1))).contains(found.group(2));
            });
  }

  @Test
  void prometheusAcceptsEveryQuery() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    ArrayNode rules = mapper.createArrayNode();
    queries()
        .map(Query::expression)
        .distinct()
        .forEach(
            expression ->
                rules
                    .addObject()
                    .put("record", "query:number" + rules.size())
                    .put("expr", Dashboard.withValues(expression)));
    ObjectNode file = mapper.createObjectNode();
    file.putArray("groups").addObject().put("name", "queries").set("rules", rules);
    Path written = folder.resolve("queries.yml");
    Files.writeString(written, file.toString());

    Promtool.run("check", "rules", written.toString());
  }
}
