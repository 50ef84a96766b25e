package io.ratelimit.core.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepeatsTest {

  private final Repeats<String> repeats = new Repeats<>();

  private static Instant second(long second) {
    return Instant.ofEpochSecond(second);
  }

  private List<String> leftOut(long second) {
    return repeats.leftOut(second(second)).stream().map(Repeats.LeftOut::line).toList();
  }

  @Test
  void ofEachCauseTheFirstIsToldAndThenHowManyMoreThereWere() {
    assertThat(repeats.isFirst("redis", "settling 1", second(0))).isTrue();
    assertThat(repeats.isFirst("temporal", "asking", second(0))).isTrue();
    for (int n = 2; n <= 313; n++) {
      assertThat(repeats.isFirst("redis", "settling " + n, second(9))).isFalse();
    }

    assertThat(leftOut(9)).isEmpty();
    assertThat(leftOut(10)).containsExactly("… 312 more like this in 10 s, the last: settling 313");
    assertThat(repeats.isFirst("temporal", "asking", second(10))).isTrue();
  }

  @Test
  void whatGoesOnIsToldMoreAndMoreSeldom() {
    long toldAt = 0;
    assertThat(repeats.isFirst("redis", "line", second(0))).isTrue();
    for (long span : new long[] {10, 20, 40, 80, 160, 300, 300}) {
      assertThat(repeats.isFirst("redis", "line", second(toldAt + span - 1))).isFalse();
      assertThat(repeats.isFirst("redis", "line", second(toldAt + span - 1))).isFalse();
      assertThat(leftOut(toldAt + span - 1)).isEmpty();
      toldAt += span;
      assertThat(leftOut(toldAt))
          .containsExactly("… 2 more like this in " + span + " s, the last: line");
    }
    assertThat(leftOut(toldAt + 300)).isEmpty();
    assertThat(repeats.isFirst("redis", "line", second(toldAt + 301))).isTrue();
  }

  @Test
  void aSingleOneIsToldAsItIs() {
    assertThat(repeats.isFirst("redis", "one", second(0))).isTrue();
    assertThat(repeats.isFirst("redis", "two", second(1))).isFalse();
    assertThat(repeats.isCounting()).isTrue();

    assertThat(repeats.drain()).containsExactly(new Repeats.LeftOut<>("redis", "two"));
    assertThat(repeats.isCounting()).isFalse();
    assertThat(repeats.isFirst("redis", "three", second(2))).isTrue();
  }

  @Test
  void howManyCausesAreToldApartHasABound() {
    for (int n = 0; n < 3 * Repeats.MOST_CAUSES; n++) {
      assertThat(repeats.isFirst("cause " + n, "line " + n, second(0)))
          .isEqualTo(n <= Repeats.MOST_CAUSES);
    }

    assertThat(leftOut(10)).containsExactly("… 199 more like this in 10 s, the last: line 299");
  }
}
