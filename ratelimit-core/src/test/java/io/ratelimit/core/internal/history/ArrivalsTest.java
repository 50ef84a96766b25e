package io.ratelimit.core.internal.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.history.RoundRecord;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  private final Arrivals arrivals = new Arrivals(AT);

  @Test
  void areCountedByTypeAndMinute() {
    arrivals.add("A", AT.minusMillis(1));
    arrivals.add("B", AT.plusSeconds(150));
    arrivals.add("A", AT);
    arrivals.add("A", AT.plusSeconds(60));
    arrivals.add("B", AT.plusSeconds(179));

    assertThat(arrivals.minutesByType().get("A")).containsExactly(1L, 1L);
    assertThat(arrivals.minutesByType().get("B")).containsExactly(0L, 0L, 2L);
  }

  @Test
  void lateOnesAreInTheLastMinute() {
    arrivals.add("A", AT.plusSeconds(1_000_000));

    List<Long> minutes = arrivals.minutesByType().get("A");
    assertThat(minutes).hasSize(RoundRecord.MOST_MINUTES).endsWith(1L);
    assertThat(minutes.subList(0, RoundRecord.MOST_MINUTES - 1))
        .isEqualTo(Collections.nCopies(RoundRecord.MOST_MINUTES - 1, 0L));
  }

  @Test
  void typesBeyondTheMostAreOneTogether() {
    for (int type = 0; type < 70; type++) {
      arrivals.add("type-" + type, AT);
    }

    assertThat(arrivals.minutesByType()).hasSize(RoundRecord.MOST_TYPES);
    assertThat(arrivals.minutesByType().get(RoundRecord.OTHER_TYPES)).containsExactly(21L);
  }
}
