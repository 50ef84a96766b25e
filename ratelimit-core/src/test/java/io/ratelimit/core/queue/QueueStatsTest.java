package io.ratelimit.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.LargestWindows;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueueStatsTest {

  private static QueueStats stats(long published) {
    return new QueueStats(
        Instant.EPOCH,
        published,
        Map.of(Priority.HIGH, 1L, Priority.LOW, 2L),
        Map.of(EventType.of("TYPE"), 3L),
        4,
        8,
        16,
        32,
        64,
        128,
        100,
        120,
        11,
        7,
        33,
        2,
        3,
        5,
        QueueStats.Corrections.NONE,
        Optional.empty(),
        0,
        new LargestWindows(
            Optional.empty(),
            List.of(
                new LargestWindows.Peak(Instant.EPOCH, 20),
                new LargestWindows.Peak(Instant.EPOCH.plusSeconds(9), 3))),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        Map.of("TYPE", new QueueStats.SetAside(1, Duration.ofMinutes(1))),
        LimitSettings.of(RateLimit.of(20).perMinute()),
        Duration.ZERO,
        List.of());
  }

  @Test
  void areConservedIfEveryEventIsInOneState() {
    assertThat(stats(255).isConserved()).isTrue();
    assertThat(stats(254).isConserved()).isFalse();
    assertThat(stats(256).isConserved()).isFalse();
  }

  @Test
  void knowTheLargestWindowSinceATime() {
    assertThat(stats(127).largestWindowSince(Instant.EPOCH)).isEqualTo(20);
    assertThat(stats(127).largestWindowSince(Instant.EPOCH.plusNanos(1))).isEqualTo(3);
    assertThat(stats(127).largestWindowSince(Instant.EPOCH.plusSeconds(10))).isZero();
  }

  @Test
  void countEveryPriority() {
    assertThat(stats(127).pendingByPriority())
        .isEqualTo(Map.of(Priority.HIGH, 1L, Priority.NORMAL, 0L, Priority.LOW, 2L));
    assertThat(stats(127).pending()).isEqualTo(3);
    assertThat(stats(127).unfinished()).isEqualTo(15);
  }
}
