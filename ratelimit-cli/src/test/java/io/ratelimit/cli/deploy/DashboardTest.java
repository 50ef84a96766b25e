package io.ratelimit.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example's dashboard for Grafana. */
class DashboardTest {

  private static final int COLUMNS = 24;

  private static final Dashboard DASHBOARD = Dashboard.load();

  static Stream<JsonNode> charts() {
    return DASHBOARD.charts().stream();
  }

  @Test
  void hasARowForEachQuestion() {
    assertThat(DASHBOARD.panels())
        .filteredOn(panel -> panel.get("type").asText().equals("row"))
        .extracting(row -> row.get("title").asText())
        .containsExactly("Round", "Queue", "Limit", "Workers", "Handling", "Store and Temporal");
  }

  @ParameterizedTest
  @MethodSource("charts")
  void everyPanelSaysWhatItShowsAndInWhichUnit(JsonNode panel) {
    assertThat(panel.get("title").asText()).isNotBlank();
    assertThat(panel.get("description").asText()).endsWith(".");
    assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotBlank();
    assertThat(panel.at("/fieldConfig/defaults/thresholds/steps")).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("charts")
  void everyPanelAsksTheChosenPrometheusForTheChosenQueue(JsonNode panel) {
    assertThat(panel.get("targets"))
        .isNotEmpty()
        .allSatisfy(
            target -> {
              assertThat(target.at("/datasource/uid").asText()).isEqualTo("${datasource}");
              assertThat(target.get("legendFormat").asText()).isNotBlank();
              assertThat(Promql.of(target.get("expr").asText()).selectors())
                  .allMatch(
                      selector ->
                          selector.metric().startsWith("temporal_")
                              || selector.labels().contains("queue"));
            });
  }

  @Test
  void panelsHaveIdsOfTheirOwnAndDoNotOverlap() {
    Set<Integer> ids = new HashSet<>();
    List<String> cells = new ArrayList<>();
    for (JsonNode panel : DASHBOARD.panels()) {
      ids.add(panel.get("id").asInt());
      JsonNode at = panel.get("gridPos");
      assertThat(at.get("x").asInt() + at.get("w").asInt()).isLessThanOrEqualTo(COLUMNS);
      for (int x = 0; x < at.get("w").asInt(); x++) {
        for (int y = 0; y < at.get("h").asInt(); y++) {
          cells.add((at.get("x").asInt() + x) + "," + (at.get("y").asInt() + y));
        }
      }
    }

    assertThat(ids).hasSize(DASHBOARD.panels().size());
    assertThat(cells).doesNotHaveDuplicates();
  }
}
