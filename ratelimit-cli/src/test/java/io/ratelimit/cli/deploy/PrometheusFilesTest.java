package io.ratelimit.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ratelimit.cli.Commands;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The example's files for Prometheus. */
class PrometheusFilesTest {

  private static final Pattern COMMAND = Pattern.compile("`(ratelimit [^`]*)`");
  private static final Pattern TEMPLATE = Pattern.compile("\\{\\{ \\$labels\\.queue }}");

  static Stream<JsonNode> alerts() {
    return rules("alerts.yml").stream();
  }

  private static List<JsonNode> rules(String file) {
    List<JsonNode> rules = new ArrayList<>();
    Yaml.document(Example.prometheus(file))
        .get("groups")
        .forEach(group -> group.get("rules").forEach(rules::add));
    return rules;
  }

  @ParameterizedTest
  @ValueSource(strings = {"prometheus.yml", "prometheus-kubernetes.yml"})
  void isAConfigurationThatPrometheusAccepts(String file) throws Exception {
    Promtool.run("check", "config", Example.prometheus(file).toString());
  }

  @Test
  void alertsFireWhereTheyShouldAndNowhereElse() throws Exception {
    Promtool.run("test", "rules", Example.prometheus("alerts_test.yml").toString());
  }

  @Test
  void everyAlertIsTested() throws Exception {
    String tests = Files.readString(Example.prometheus("alerts_test.yml"));

    assertThat(alerts().map(alert -> alert.get("alert").asText()))
        .isNotEmpty()
        .allSatisfy(
            name -> assertThat(tests).containsPattern("alertname(=\"|: )" + name + "[\"\\n]"));
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void saysWhatIsWrongAndWhatToDo(JsonNode alert) {
    assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning");
    assertThat(alert.get("annotations").propertyStream().map(Map.Entry::getKey))
        .containsExactly("summary", "description", "action");
    assertThat(alert.get("annotations")).allMatch(text -> text.asText().matches(".*[.?]"));
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void namesCommandsThatThereAre(JsonNode alert) {
    String action = TEMPLATE.matcher(alert.at("/annotations/action").asText()).replaceAll("audits");

    assertThat(COMMAND.matcher(action).results().map(MatchResult::group))
        .isNotEmpty()
        .allSatisfy(
            command -> assertThat(Commands.refusal(arguments(command.replace("`", "")))).isEmpty());
  }

  /** Returns a command's arguments, with values for placeholders. */
  private static List<String> arguments(String command) {
    Map<String, String> values = Map.of("ID", "audit-1", "RATE", "30/m", "MIN", "1", "MAX", "10");
    return Stream.of(command.split(" "))
        .skip(1)
        .map(word -> values.getOrDefault(word, word))
        .toList();
  }

  @Test
  void expectsOfATypeWhatTheLibraryExpects() {
    Map<String, String> expected =
        rules("recording.yml").stream()
            .filter(
                rule ->
                    rule.get("record")
                        .asText()
                        .equals("type:ratelimit_expected_processing_seconds"))
            .collect(
                Collectors.toMap(
                    rule -> rule.at("/labels/type").asText(), rule -> rule.get("expr").asText()));

    assertThat(expected)
        .isEqualTo(
            EventTypes.standard().all().stream()
                .collect(
                    Collectors.toMap(
                        EventType::name,
                        type -> "vector(" + type.processingTime().toSeconds() + ")")));
  }
}
