package io.ratelimit.core.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ProvisionTest {

  private static final Instant START = Instant.EPOCH;
  private static final Duration KEEP = Duration.ofSeconds(100);

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }

  @Test
  void moreComeAtOnceAndGoAfterATimeWithoutThem() {
    Provision begun = Provision.first(at(0), 3, 0);
    assertThat(begun.workers()).isEqualTo(3);
    assertThat(begun.isKept()).isFalse();

    Provision raised = begun.next(at(10), 12, KEEP);
    assertThat(raised.workers()).isEqualTo(12);
    assertThat(raised.explanation()).isEqualTo("12 workers: as many as are needed now");

    Provision kept = raised.next(at(60), 4, KEEP);
    assertThat(kept.workers()).isEqualTo(12);
    assertThat(kept.explanation())
        .isEqualTo("12 workers: 4 are needed now, 12 were at 1970-01-01T00:00:10Z");
    assertThat(kept.next(at(109), 4, KEEP).workers()).isEqualTo(12);
    assertThat(kept.next(at(110), 4, KEEP).workers()).isEqualTo(4);
  }

  @Test
  void whatIsThereAtTheBeginIsKept() {
    Provision begun = Provision.first(at(0), 3, 20);

    assertThat(begun.workers()).isEqualTo(20);
    assertThat(begun.needed()).isEqualTo(3);
    assertThat(begun.next(at(99), 3, KEEP).workers()).isEqualTo(20);
    assertThat(begun.next(at(100), 3, KEEP).workers()).isEqualTo(3);
  }

  @Test
  void aClockThatGoesBackTakesNothingAway() {
    Provision later = Provision.first(at(50), 9, 0).next(at(20), 2, KEEP);

    assertThat(later.at()).isEqualTo(at(50));
    assertThat(later.workers()).isEqualTo(9);
  }

  @Test
  void numbersThatCannotBeAreRefused() {
    assertThatThrownBy(() -> Provision.first(at(0), -1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Provision.first(at(0), 0, -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Provision.first(at(0), 0, 0).next(at(1), 1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * It is the most that was needed within the time, or a little more if there is much to remember.
   */
  @Property(tries = 200)
  void isTheMostOfTheTime(
      @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 100) Integer> needs) {
    Provision provision = Provision.first(at(0), 0, 0);
    Deque<int[]> window = new ArrayDeque<>();
    window.add(new int[] {0, 0});
    for (int i = 0; i < needs.size(); i++) {
      int now = i + 1;
      provision = provision.next(at(now), needs.get(i), KEEP);
      window.add(new int[] {now, needs.get(i)});
      window.removeIf(need -> need[0] + KEEP.toSeconds() <= now);
      int most = window.stream().mapToInt(need -> need[1]).max().orElseThrow();

      assertThat(provision.peaks()).hasSizeLessThanOrEqualTo(Provision.MOST_PEAKS);
      assertThat(provision.workers()).isGreaterThanOrEqualTo(most);
      if (provision.peaks().size() < Provision.MOST_PEAKS / 2) {
        assertThat(provision.workers()).isEqualTo(most);
      }
    }
  }

  @Test
  void whatIsRememberedIsBounded() {
    Provision provision = Provision.first(at(0), 1_000, 0);
    for (int i = 1; i < 90; i++) {
      provision = provision.next(at(i), 1_000 - i, KEEP);
    }

    assertThat(provision.peaks()).hasSize(Provision.MOST_PEAKS);
    assertThat(provision.workers()).isEqualTo(1_000);
    assertThat(provision.next(at(300), 5, KEEP).workers()).isEqualTo(5);
  }
}
