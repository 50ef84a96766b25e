package io.ratelimit.core.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatenessTest {

  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final Percentiles PROCESSING =
      new Percentiles(
          Duration.ofSeconds(4),
          Duration.ofSeconds(6),
          Duration.ofSeconds(12),
          Duration.ofSeconds(16));

  private static RoundReport report(
      double elapsed,
      Optional<Duration> firstStart,
      long remaining,
      double limitUtilization,
      double workerUtilization) {
    Duration took = Duration.ofMillis(Math.round(elapsed * 1_000));
    return new RoundReport(
        Instant.EPOCH,
        took,
        firstStart,
        DEADLINE,
        remaining == 0 && took.compareTo(DEADLINE) <= 0,
        108 - remaining,
        0,
        remaining,
        0,
        firstStart.isEmpty() ? 0 : 115,
        firstStart.isEmpty() ? 0 : 7,
        0,
        0,
        limitUtilization,
        workerUtilization,
        10,
        115,
        Percentiles.NONE,
        PROCESSING,
        Optional.of(46L),
        Duration.ofMinutes(1),
        60,
        Map.of(),
        List.of(),
        List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "185.1 | 60 | 0 | 0.99 | 0.4 | 5.1 s late: nothing was started for the first 60.0 s",
        "185.1 |  3 | 0 | 0.97 | 0.4 | 5.1 s late: the limit was used up (97 %, at most 60 starts in 60.0 s)",
        "205.0 | 20 | 0 | 0.97 | 0.4 | 25.0 s late: the limit was used up (97 %, at most 60 starts in 60.0 s)",
        "180.0 | 60 | 48 | 0.99 | 0.4 | 48 events left: the limit was used up (99 %, at most 60 starts in 60.0 s)",
        "180.0 | 60 | 30 | 0.99 | 0.4 | 30 events left: nothing was started for the first 60.0 s",
        "180.0 | 180 | 108 | 0 | 0 | 108 events left: nothing was started for the first 180.0 s",
        "180.0 |  3 | 12 | 0.5 | 0.98 | 12 events left: the workers, up to 10, were busy 98 % of their time",
        "180.0 |  0 | 1 | 0.5 | 0.5 | 1 event left: the last attempts came late, after 7 retries; an attempt took up to 16.0 s"
      })
  void saysHowLateAndWhy(
      double elapsed, long first, long remaining, double limit, double workers, String text) {
    RoundReport report =
        report(elapsed, Optional.of(Duration.ofSeconds(first)), remaining, limit, workers);

    assertThat(report.lateness().map(Lateness::toString)).contains(text);
  }

  @Test
  void whereNothingStartedThatIsTheCause() {
    assertThat(report(180, Optional.empty(), 108, 0, 0).lateness().orElseThrow())
        .hasToString("108 events left: nothing was started")
        .returns(Lateness.Cause.START_HELD, Lateness::cause);
  }

  @Test
  void aRoundInTimeIsNotLate() {
    assertThat(report(180, Optional.of(Duration.ZERO), 0, 1, 1).lateness()).isEmpty();
  }
}
