package io.ratelimit.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SpreadTest {

  private final List<Duration> all = new ArrayList<>();

  private Spread random(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    Spread spread = Spread.NONE;
    for (int n = 0; n < count; n++) {
      Duration duration = Duration.ofMillis(random.nextLong(100, 100_000));
      all.add(duration);
      spread = spread.with(duration);
    }
    return spread;
  }

  @Test
  void percentilesOfSeveralRoundsAreWithinABucketOfTheExactOnes() {
    Spread together = random(1, 500).plus(random(2, 300));
    Collections.sort(all);
    Percentiles exact = new Percentiles(all.get(399), all.get(719), all.get(791), all.get(799));

    assertThat(ratio(together.percentiles().p50(), exact.p50())).isCloseTo(1, within(0.07));
    assertThat(ratio(together.percentiles().p90(), exact.p90())).isCloseTo(1, within(0.07));
    assertThat(ratio(together.percentiles().p99(), exact.p99())).isCloseTo(1, within(0.07));
    assertThat(together.percentiles().max()).isEqualTo(exact.max());
    Duration sum = all.stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(ratio(together.mean(), sum.dividedBy(all.size()))).isCloseTo(1, within(0.02));
  }

  private static double ratio(Duration one, Duration other) {
    return (double) one.toNanos() / other.toNanos();
  }

  @Test
  void noPercentileIsBeyondTheLongest() {
    Spread one = Spread.NONE.with(Duration.ofMillis(965));

    assertThat(one.percentiles().p50()).isEqualTo(Duration.ofMillis(965));
    assertThat(Spread.NONE.percentiles()).isEqualTo(Percentiles.NONE);
    assertThat(Spread.NONE.mean()).isZero();
  }

  @Test
  void refusesWhatIsNoBucketOrNoCount() {
    TreeMap<Integer, Long> counts = new TreeMap<>();
    counts.put(200, 1L);

    assertThatIllegalArgumentException().isThrownBy(() -> new Spread(counts, Duration.ZERO));
    counts.clear();
    counts.put(1, -1L);
    assertThatIllegalArgumentException().isThrownBy(() -> new Spread(counts, Duration.ZERO));
    counts.put(1, 0L);
    assertThat(new Spread(counts, Duration.ZERO)).isEqualTo(Spread.NONE);
  }
}
