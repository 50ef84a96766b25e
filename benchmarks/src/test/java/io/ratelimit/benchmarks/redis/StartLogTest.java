package io.ratelimit.benchmarks.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StartLogTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private static StartLog every(int millis, int count) {
    return new StartLog(LongStream.range(0, count).map(n -> n * millis * 1_000).boxed().toList());
  }

  @Test
  void aWindowHoldsWhatBeginsItAndNotWhatEndsIt() {
    assertThat(every(100, 50).largestWindow()).isEqualTo(10);
    assertThat(every(99, 50).largestWindow()).isEqualTo(11);
    assertThat(new StartLog(List.of()).largestWindow()).isZero();
  }

  @Test
  void theOrderDoesNotMatter() {
    assertThat(new StartLog(List.of(2_500_000L, 0L, 2_400_000L)).largestWindow()).isEqualTo(2);
  }

  @Test
  void theShortfallIsWhatAMarginMustAdd() {
    assertThat(every(100, 50).shortfallMillis(10)).isZero();
    assertThat(every(99, 50).shortfallMillis(10)).isEqualTo(10);
    assertThat(every(110, 50).shortfallMillis(10)).isEqualTo(-100);
  }

  @Test
  void whatIsUsedIsCountedInWholeWindows() {
    assertThat(every(100, 45).utilization(10, SECOND)).isEqualTo(1);
    assertThat(every(200, 45).utilization(10, SECOND)).isEqualTo(0.5);
    assertThat(every(110, 45).utilization(10, Duration.ofMillis(1_100))).isEqualTo(1);
  }
}
