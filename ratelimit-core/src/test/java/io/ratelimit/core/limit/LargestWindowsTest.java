package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LargestWindowsTest {

  private static Instant at(long second) {
    return Instant.ofEpochSecond(second);
  }

  @Test
  void areExactWhileFewFollowEachOther() {
    LargestWindows windows =
        LargestWindows.NONE.with(at(1), 5).with(at(2), 9).with(at(3), 7).with(at(4), 7);

    assertThat(windows.since(at(0))).isEqualTo(9);
    assertThat(windows.since(at(2))).isEqualTo(9);
    assertThat(windows.since(at(3))).isEqualTo(7);
    assertThat(windows.since(at(4))).isEqualTo(7);
    assertThat(windows.since(at(5))).isZero();
  }

  @Test
  void areBoundedAndNeverTooLow() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      LargestWindows windows = LargestWindows.NONE;
      List<Long> held = new ArrayList<>();
      for (int second = 0; second < 300; second++) {
        // Ever smaller ones, and occasionally a large one.
        held.add(random.nextInt(60) == 0 ? 5_000L : 4_000L - 10L * second + random.nextInt(30));
        windows = windows.with(at(second), held.get(second));
      }
      assertThat(windows.peaks()).hasSizeLessThanOrEqualTo(LargestWindows.MAX_PEAKS);
      long before = held.stream().mapToLong(Long::longValue).max().orElseThrow();
      long largest = 0;
      for (int second = 299; second >= 0; second--) {
        largest = Math.max(largest, held.get(second));
        assertThat(windows.since(at(second))).isBetween(largest, before);
      }
      assertThat(windows.since(at(0))).isEqualTo(before);
      assertThat(windows.since(at(299))).isBetween(held.get(299), held.get(299) + 400);
    }
  }

  @Test
  void ofOneMomentTheLargestCounts() {
    LargestWindows windows = LargestWindows.NONE.with(at(1), 9).with(at(1), 4).with(at(2), 3);

    assertThat(windows.peaks())
        .containsExactly(new LargestWindows.Peak(at(1), 9), new LargestWindows.Peak(at(2), 3));
  }

  @Test
  void sayFromWhenTheyAreComplete() {
    assertThat(LargestWindows.NONE.isCompleteSince(at(0))).isTrue();
    LargestWindows unknown = LargestWindows.NONE.with(at(1), 5).withUnknown(at(3));
    assertThat(unknown.isCompleteSince(at(3))).isFalse();
    assertThat(unknown.isCompleteSince(at(4))).isTrue();
    assertThat(unknown.since(at(1))).isEqualTo(5);
  }
}
