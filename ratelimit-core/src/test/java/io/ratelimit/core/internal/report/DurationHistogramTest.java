package io.ratelimit.core.internal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ratelimit.core.report.Percentiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {

  @Test
  void percentilesAreWithinABucketOfTheExactOnes() {
    SplittableRandom random = new SplittableRandom(1);
    DurationHistogram.Counter counter = new DurationHistogram.Counter();
    List<Duration> all = new ArrayList<>();
    for (int n = 0; n < 5_000; n++) {
      Duration duration = Duration.ofMillis(random.nextLong(100, 100_000));
      all.add(duration);
      counter.add(duration);
    }
    Percentiles exact = Percentiles.of(all);
    Percentiles counted = counter.histogram().percentiles();

    assertThat(ratio(counted.p50(), exact.p50())).isCloseTo(1, within(0.07));
    assertThat(ratio(counted.p90(), exact.p90())).isCloseTo(1, within(0.07));
    assertThat(ratio(counted.p99(), exact.p99())).isCloseTo(1, within(0.07));
    assertThat(counted.max()).isEqualTo(exact.max());
  }

  private static double ratio(Duration one, Duration other) {
    return (double) one.toNanos() / other.toNanos();
  }

  @Test
  void noPercentileIsBeyondTheLongest() {
    DurationHistogram.Counter counter = new DurationHistogram.Counter();
    counter.add(Duration.ofSeconds(1));

    assertThat(counter.histogram().percentiles().p50())
        .isLessThanOrEqualTo(counter.histogram().longest());
    assertThat(new DurationHistogram.Counter().histogram().percentiles())
        .isEqualTo(Percentiles.NONE);
  }
}
