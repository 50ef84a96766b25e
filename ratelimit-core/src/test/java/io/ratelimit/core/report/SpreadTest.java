package io.ratelimit.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SpreadTest {

  private static final SortedMap<Integer, Long> NO_SUMS = Collections.emptySortedMap();

  private final List<Duration> all = new ArrayList<>();

  private Spread random(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    Duration[] durations = new Duration[count];
    for (int n = 0; n < count; n++) {
      durations[n] = Duration.ofMillis(random.nextLong(100, 100_000));
      all.add(durations[n]);
    }
    return Spread.of(durations);
  }

  @Test
  void percentilesOfSeveralRoundsAreWithinABucketOfTheExactOnes() {
    Spread together = random(1, 3_000).plus(random(2, 2_000));
    Collections.sort(all);
    Percentiles exact =
        new Percentiles(all.get(2_499), all.get(4_499), all.get(4_949), all.get(4_999));

    assertThat(ratio(together.percentiles().p50(), exact.p50())).isCloseTo(1, within(0.07));
    assertThat(ratio(together.percentiles().p90(), exact.p90())).isCloseTo(1, within(0.07));
    assertThat(ratio(together.percentiles().p99(), exact.p99())).isCloseTo(1, within(0.07));
    assertThat(together.percentiles().max()).isEqualTo(exact.max());
    Duration sum = all.stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(together.mean()).isEqualTo(sum.dividedBy(all.size()));
  }

  private static double ratio(Duration one, Duration other) {
    return (double) one.toNanos() / other.toNanos();
  }

  @Test
  void durationsThatAreAlikeAreExact() {
    Spread once = Spread.of(Duration.ofSeconds(3), Duration.ofSeconds(3), Duration.ofSeconds(16));
    Spread twice = once.plus(once);

    assertThat(twice.percentiles())
        .isEqualTo(
            new Percentiles(
                Duration.ofSeconds(3),
                Duration.ofSeconds(16),
                Duration.ofSeconds(16),
                Duration.ofSeconds(16)));
  }

  /** The JSON that Temporal and hosts store. */
  @Test
  void jsonOfAnEarlierVersionHasTheMiddlesOfItsBuckets() throws JsonProcessingException {
    ObjectMapper mapper = JsonMapper.builder().addModule(new JavaTimeModule()).build();
    Spread before =
        mapper.readValue("{\"counts\":{\"75\":1,\"88\":1},\"longest\":9.0}", Spread.class);
    Spread now = Spread.of(Duration.ofSeconds(3), Duration.ofSeconds(9));

    assertThat(before.counts()).isEqualTo(now.counts());
    assertThat(before.percentiles().p50()).isEqualTo(Duration.ofMillis(2_944));
    assertThat(before.longest()).isEqualTo(Duration.ofSeconds(9));
    assertThat(mapper.readValue(mapper.writeValueAsString(now), Spread.class)).isEqualTo(now);
  }

  @Test
  void aSumThatIsTooLargeStaysTheLargest() {
    Duration forEver = Duration.ofDays(1_000_000);
    Spread spread = Spread.of(forEver, forEver, forEver, forEver);

    assertThat(spread.plus(spread).percentiles().p50()).isPositive();
    assertThat(spread.plus(spread).mean()).isPositive();
  }

  @Test
  void noPercentileIsBeyondTheLongest() {
    Spread middle = new Spread(of(64, 1), NO_SUMS, Duration.ofMillis(1_030));

    assertThat(middle.percentiles().p50()).isEqualTo(Duration.ofMillis(1_030));
    assertThat(Spread.NONE.percentiles()).isEqualTo(Percentiles.NONE);
    assertThat(Spread.NONE.mean()).isZero();
  }

  @Test
  void whatIsBelowZeroIsZero() {
    Spread spread = Spread.of(Duration.ofSeconds(-1));

    assertThat(spread.total()).isOne();
    assertThat(spread.mean()).isZero();
    assertThat(spread.longest()).isZero();
  }

  @Test
  void refusesWhatIsNoBucketOrNoCount() {
    refuses(200, 1, 1);
    refuses(-1, 1, 1);
    refuses(1, -1, 1);
    refuses(1, 1, -1);
    assertThat(new Spread(of(1, 0), of(1, 1), Duration.ZERO)).isEqualTo(Spread.NONE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Spread(NO_SUMS, NO_SUMS, Duration.ofNanos(-1)));
  }

  private static void refuses(int bucket, long count, long nanos) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Spread(of(bucket, count), of(bucket, nanos), Duration.ZERO))
        .withMessageContaining("durations must");
  }

  private static SortedMap<Integer, Long> of(int bucket, long value) {
    return new TreeMap<>(Collections.singletonMap(bucket, value));
  }
}
