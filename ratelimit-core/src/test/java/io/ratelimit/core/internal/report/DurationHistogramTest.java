package io.ratelimit.core.internal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.ratelimit.core.report.Percentiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
    Collections.sort(all);
    Percentiles exact =
        new Percentiles(all.get(2_499), all.get(4_499), all.get(4_949), all.get(4_999));
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
  void durationsThatAreAlikeAreExact() {
    DurationHistogram.Counter counter = new DurationHistogram.Counter();
    for (int n = 0; n < 10; n++) {
      counter.add(Duration.ofSeconds(3));
      counter.add(Duration.ofSeconds(16));
    }
    DurationHistogram twice = counter.histogram().plus(counter.histogram());

    assertThat(twice.percentiles().p50()).isEqualTo(Duration.ofSeconds(3));
    assertThat(twice.percentiles().p90()).isEqualTo(Duration.ofSeconds(16));
  }

  @Test
  void aHistogramOfAnEarlierVersionHasTheMiddlesOfItsBuckets() {
    DurationHistogram.Counter counter = new DurationHistogram.Counter();
    counter.add(Duration.ofSeconds(3));
    counter.add(Duration.ofSeconds(9));
    DurationHistogram now = counter.histogram();
    ObjectMapper mapper = JsonMapper.builder().addModule(new JavaTimeModule()).build();
    ObjectNode json = mapper.valueToTree(now);
    json.remove("nanos");

    DurationHistogram before = mapper.convertValue(json, DurationHistogram.class);

    assertThat(before.total()).isEqualTo(2);
    assertThat(before.percentiles().p50()).isEqualTo(Duration.ofMillis(2_944));
    assertThat(mapper.convertValue(mapper.valueToTree(now), DurationHistogram.class))
        .isEqualTo(now);
  }

  @Test
  void aSumThatIsTooLargeStaysTheLargest() {
    DurationHistogram.Counter counter = new DurationHistogram.Counter();
    for (int n = 0; n < 4; n++) {
      counter.add(Duration.ofDays(1_000_000));
    }

    assertThat(counter.histogram().percentiles().p50()).isPositive();
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
