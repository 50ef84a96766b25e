package io.ratelimit.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/metrics.md lists exactly the meters that exist. */
class MetricsPageTest {

  private static final Path PAGE = Path.of("../docs/metrics.md");
  private static final Path EXAMPLE =
      Path.of("src/test/java/io/ratelimit/micrometer/EmbeddingExample.java");
  private static final String MARK = "// docs/metrics.md\n";
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ROW =
      Pattern.compile("^\\| `(ratelimit\\..*) \\|$", Pattern.MULTILINE);
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** A row of the page's table, without the description. */
  private record Documented(String prometheus, String type, String unit, Set<String> tags) {}

  private static Map<String, Documented> documented() throws IOException {
    return ROW.matcher(Files.readString(PAGE))
        .results()
        .map(row -> row.group(1).split(" *\\| *", -1))
        // Metrics of the command line.
        .filter(cells -> !cells[0].startsWith("ratelimit.condition"))
        .filter(cells -> !cells[0].startsWith("ratelimit.provision"))
        .collect(
            Collectors.toMap(
                cells -> cells[0].replace("`", ""),
                cells ->
                    new Documented(
                        cells[1].replace("`", ""), cells[2], cells[3], codes(cells[4]))));
  }

  private static Set<String> codes(String cell) {
    return CODE.matcher(cell)
        .results()
        .map(code -> code.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Documented of(Meter meter, Map<String, Documented> page) {
    Meter.Id id = meter.getId();
    Set<String> tags =
        id.getTags().stream()
            .map(Tag::getKey)
            .filter(key -> !key.equals("queue"))
            .collect(Collectors.toCollection(TreeSet::new));
    String unit = id.getBaseUnit();
    String type = id.getType().name().toLowerCase(Locale.ROOT);
    Documented onPage = page.get(id.getName());
    return new Documented(
        onPage == null ? "" : onPage.prometheus(), type, unit == null ? "" : unit, tags);
  }

  @Test
  void everyMeterIsOnThePageAndNothingElse() throws IOException {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    EveryMeter.into(registry);

    Map<String, Documented> page = documented();
    Map<String, Documented> exported = new TreeMap<>();
    registry.getMeters().stream()
        // A timer's buckets are not separate meters.
        .filter(meter -> meter.getId().syntheticAssociation() == null)
        .forEach(meter -> exported.put(meter.getId().getName(), of(meter, page)));

    assertThat(page.keySet()).containsExactlyInAnyOrderElementsOf(exported.keySet());
    assertThat(page).allSatisfy((name, row) -> assertThat(exported.get(name)).isEqualTo(row));
    assertThat(registry.getMeters())
        .allMatch(meter -> "audits".equals(meter.getId().getTag("queue")));
  }

  @Test
  void everyNameForPrometheusIsScraped() throws IOException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    EveryMeter.into(registry);
    String scraped = registry.scrape();

    documented()
        .values()
        .forEach(
            each ->
                assertThat(scraped)
                    .contains(each.prometheus() + (each.type().equals("timer") ? "_count{" : "{")));
  }

  @Test
  void bucketsAreAsThePageSays() throws IOException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    EveryMeter.into(registry);
    String page = Files.readString(PAGE);

    for (String timer : List.of("processing", "wait", "calls")) {
      String name = timer.equals("calls") ? "queue_calls" : timer;
      Matcher buckets =
          Pattern.compile("ratelimit_" + name + "_seconds_bucket\\{.*le=\"([0-9.]+)\"")
              .matcher(registry.scrape());
      List<Double> scraped =
          buckets.results().map(bucket -> Double.valueOf(bucket.group(1))).distinct().toList();
      MatchResult list =
          Pattern.compile("[ ;:] " + timer + " ([0-9., ]+[0-9])")
              .matcher(page)
              .results()
              .findFirst()
              .orElseThrow();
      assertThat(Arrays.stream(list.group(1).split(", ")).map(Double::valueOf)).isEqualTo(scraped);
    }
  }

  @Test
  void theExampleIsCompiled() throws IOException {
    Matcher onPage = JAVA.matcher(Files.readString(PAGE));
    assertThat(onPage.find()).isTrue();

    String[] source = Files.readString(EXAMPLE).split(" *" + MARK, -1);
    assertThat(onPage.group(1).strip()).isEqualTo(source[1].stripTrailing().stripIndent());
  }
}
