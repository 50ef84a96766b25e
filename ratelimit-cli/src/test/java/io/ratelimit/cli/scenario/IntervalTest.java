package io.ratelimit.cli.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntervalTest {

  /** Values that statistical packages give for Wilson's interval without correction. */
  @Test
  void aShareHasWilsonsInterval() {
    assertThat(Interval.ofShare(0.5, 10).low()).isCloseTo(0.2366, within(0.0001));
    assertThat(Interval.ofShare(0.5, 10).high()).isCloseTo(0.7634, within(0.0001));
    assertThat(Interval.ofShare(1, 20).low()).isCloseTo(0.8389, within(0.0001));
    assertThat(Interval.ofShare(1, 20).high()).isEqualTo(1);
    assertThat(Interval.ofShare(0, 100).high()).isCloseTo(0.0370, within(0.0001));
  }

  @Test
  void aMeanHasTheIntervalOfItsStandardError() {
    Interval interval = Interval.ofMean(new double[] {1, 2, 3, 4, 5});

    // The deviation is 1.5811, and that of the mean 0.7071.
    assertThat(interval.low()).isCloseTo(3 - 1.386, within(0.001));
    assertThat(interval.high()).isCloseTo(3 + 1.386, within(0.001));
    assertThat(Interval.ofMean(new double[] {7})).isEqualTo(new Interval(7, 7));
  }

  @Test
  void aQuantileLiesBetweenTwoOfTheValues() {
    double[] values = IntStream.rangeClosed(1, 100).mapToDouble(i -> i).toArray();

    // 50 ± 9.8 of 100 are below the median.
    assertThat(Interval.ofQuantile(values, 0.5)).isEqualTo(new Interval(40, 61));
    assertThat(Interval.ofQuantile(values, 0.99).high()).isEqualTo(100);
    assertThat(Interval.ofQuantile(new double[] {3}, 0.5)).isEqualTo(new Interval(3, 3));
  }
}
