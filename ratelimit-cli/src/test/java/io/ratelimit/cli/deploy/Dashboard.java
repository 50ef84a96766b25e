package io.ratelimit.cli.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The example's dashboard.
 *
 * @param json what Grafana imports
 */
record Dashboard(JsonNode json) {

  /** A query of a panel or an annotation. */
  record Query(String where, String expression) {}

  static Dashboard load() {
    return new Dashboard(Yaml.document(Example.dashboard()));
  }

  /** An expression as Grafana sends it, with values for its variables. */
  static String withValues(String expression) {
    return expression.replace("$__rate_interval", "1m").replace("$queue", "audits");
  }

  List<JsonNode> panels() {
    List<JsonNode> panels = new ArrayList<>();
    json.get("panels").forEach(panels::add);
    return panels;
  }

  /** Panels that show something: those that are no row. */
  List<JsonNode> charts() {
    return panels().stream().filter(panel -> !panel.get("type").asText().equals("row")).toList();
  }

  List<Query> queries() {
    List<Query> queries = new ArrayList<>();
    for (JsonNode panel : charts()) {
      for (JsonNode target : panel.get("targets")) {
        queries.add(
            new Query(
                "panel " + panel.get("title").asText() + " " + target.get("refId").asText(),
                target.get("expr").asText()));
      }
    }
    for (JsonNode annotation : json.at("/annotations/list")) {
      if (annotation.has("expr")) {
        queries.add(
            new Query(
                "annotation " + annotation.get("name").asText(), annotation.get("expr").asText()));
      }
    }
    return queries;
  }

  /** What variables that are looked up ask for. */
  List<String> variableQueries() {
    List<String> queries = new ArrayList<>();
    for (JsonNode variable : json.at("/templating/list")) {
      if (variable.get("type").asText().equals("query")) {
        queries.add(variable.at("/query/query").asText());
      }
    }
    return queries;
  }
}
