package io.ratelimit.benchmarks.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ratelimit.testkit.server.DevServer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TemporalBenchmarkTest {

  /** Tests that it runs, not how fast: all events are handled, and leave little history. */
  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void theShortRunMeasuresBothSides() throws InterruptedException {
    assumeTrue(System.getenv("CI") != null || DevServer.isInstalled(), "the temporal command");

    List<Speed> speeds = TemporalBenchmark.run(Comparison.SECTIONS, true);

    assertThat(speeds)
        .extracting(Speed::name, Speed::lanes)
        .contains(
            tuple("native activities", 10),
            tuple("one an activity", 10),
            tuple("as by default", 40));
    assertThat(speeds)
        .allSatisfy(
            speed -> {
              assertThat(speed.perSecond()).isPositive();
              assertThat(speed.json()).contains("\"name\":\"" + speed.name() + "\"");
            });
    assertThat(speeds)
        .filteredOn(speed -> speed.name().startsWith("one") || speed.name().startsWith("native"))
        .allSatisfy(speed -> assertThat(speed.history()).isGreaterThan(3));
    assertThat(speeds)
        .filteredOn(speed -> speed.name().equals("as by default"))
        .allSatisfy(speed -> assertThat(speed.history()).isLessThan(2));
  }
}
