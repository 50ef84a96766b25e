package io.ratelimit.cli.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an expression of Prometheus names. It knows as much of the language as that takes; whether
 * the expression is one at all, promtool says.
 *
 * @param selectors the metrics, each with the labels that it is selected by
 * @param groupings the labels that results are grouped, matched or extended by
 */
record Promql(List<Selector> selectors, Set<String> groupings) {

  /**
   * A metric.
   *
   * @param metric its name
   * @param labels those that select some of its series
   */
  record Selector(String metric, Set<String> labels) {}

  private static final Pattern TOKEN =
      Pattern.compile(
          "\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|\\$\\w+|\\d[\\w.]*|[A-Za-z_:][\\w:]*|=~|!~|!=|==|[<>]=|\\S");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_:][\\w:]*");
  private static final Set<String> LISTING =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
  private static final Set<String> AGGREGATING =
      Set.of("sum", "min", "max", "avg", "count", "quantile", "topk", "bottomk", "stddev");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "offset", "bool");

  static Promql of(String expression) {
    List<String> tokens = TOKEN.matcher(expression).results().map(found -> found.group()).toList();
    List<Selector> selectors = new ArrayList<>();
    Set<String> groupings = new TreeSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
      if (LISTING.contains(token) && next.equals("(")) {
        int end = i + tokens.subList(i, tokens.size()).indexOf(")");
        tokens.subList(i + 2, end).stream()
            .filter(each -> !each.equals(","))
            .forEach(groupings::add);
        i = end;
      } else if (isMetric(token, next)) {
        int end = next.equals("{") ? i + tokens.subList(i, tokens.size()).indexOf("}") : i;
        selectors.add(new Selector(token, labels(tokens.subList(i + 1, end + 1))));
        i = end;
      }
    }
    return new Promql(List.copyOf(selectors), groupings);
  }

  private static boolean isMetric(String token, String next) {
    Matcher name = NAME.matcher(token);
    return name.matches()
        && !next.equals("(")
        && !WORDS.contains(token)
        && !LISTING.contains(token)
        && !(AGGREGATING.contains(token) && LISTING.contains(next));
  }

  private static Set<String> labels(List<String> matchers) {
    Set<String> labels = new TreeSet<>();
    for (int i = 1; i + 1 < matchers.size(); i++) {
      if (NAME.matcher(matchers.get(i)).matches()) {
        labels.add(matchers.get(i));
      }
    }
    return labels;
  }
}
