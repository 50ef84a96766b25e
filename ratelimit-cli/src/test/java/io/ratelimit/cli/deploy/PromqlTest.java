package io.ratelimit.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.deploy.Promql.Selector;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromqlTest {

  @Test
  void findsMetricsAndTheirLabelsButNoFunctionsAndNoValues() {
    Promql query =
        Promql.of(
            "histogram_quantile(0.95, sum by (le, type) (rate(a_bucket{x=\"by (y)\",z!~'c{d}'}[$window]"
                + " offset 1h))) > on (q) group_left (w) 2 * max without (v) (b:c) unless d == 1");

    assertThat(query.selectors())
        .containsExactly(
            new Selector("a_bucket", Set.of("x", "z")),
            new Selector("b:c", Set.of()),
            new Selector("d", Set.of()));
    assertThat(query.groupings()).containsExactlyInAnyOrder("le", "type", "q", "w", "v");
  }

  @Test
  void aMetricMayBeCalledAsAnAggregation() {
    assertThat(Promql.of("sum by (a) (count) / max").selectors())
        .containsExactly(new Selector("count", Set.of()), new Selector("max", Set.of()));
  }
}
