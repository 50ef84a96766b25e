package io.ratelimit.benchmarks.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class EngineBenchmarkTest {

  /** Tests that it runs, not how fast: all events are handled, and the figures can be read. */
  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void theShortRunMeasuresTheEngineAndItsRowsCanBeCompared(@TempDir Path folder)
      throws IOException, InterruptedException {
    List<Sample> samples = EngineBenchmark.run(EngineBenchmark.SECTIONS, true);

    assertThat(samples)
        .extracting(Sample::side)
        .contains(EngineDrain.OVER_REDIS, EngineDrain.IN_MEMORY)
        .contains(Handling.ASYNCHRONOUS.of(EngineDrain.OVER_REDIS), EngineDrain.QUEUE_OVER_REDIS);
    assertThat(samples)
        .allSatisfy(sample -> assertThat(sample.perSecond()).as(sample.json()).isPositive());
    assertThat(samples)
        .filteredOn(sample -> sample.side().equals(EngineDrain.OVER_REDIS))
        .allSatisfy(
            sample ->
                assertThat(sample.calls().orElseThrow())
                    .as("an acknowledgement and a take an event, at most: %s", sample.json())
                    .isBetween(0.01, 2.5));

    Path file = folder.resolve("rows.json");
    Files.writeString(
        file, samples.stream().map(Sample::json).collect(Collectors.joining(",\n", "[\n", "\n]")));
    Map<String, Matcher> rows = Compare.rows(file);
    assertThat(rows.keySet())
        .isEqualTo(
            samples.stream()
                .map(
                    sample ->
                        sample.side()
                            + ", "
                            + sample.lanes()
                            + " lanes, "
                            + sample.handlerMillis()
                            + " ms")
                .collect(Collectors.toSet()));
    rows.values().forEach(row -> assertThat(Compare.ratio(row, row, 4)).isEqualTo(1.0));
  }
}
