package io.ratelimit.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import java.time.Instant;
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
        5,
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        LimitSettings.of(RateLimit.of(20).perMinute()));
  }

  @Test
  void areConservedIfEveryEventIsInOneState() {
    assertThat(stats(255).isConserved()).isTrue();
    assertThat(stats(254).isConserved()).isFalse();
    assertThat(stats(256).isConserved()).isFalse();
  }

  @Test
  void countEveryPriority() {
    assertThat(stats(127).pendingByPriority())
        .isEqualTo(Map.of(Priority.HIGH, 1L, Priority.NORMAL, 0L, Priority.LOW, 2L));
    assertThat(stats(127).pending()).isEqualTo(3);
    assertThat(stats(127).unfinished()).isEqualTo(15);
  }
}
