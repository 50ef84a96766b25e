package io.ratelimit.cli.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class SearchTest {

  private static final Interval NONE = new Interval(0, 1);

  private static Search search(int levels, int budget, IntToDoubleFunction met) {
    Dial dial =
        new Dial(
            "test",
            levels,
            level -> {
              throw new AssertionError("nothing is simulated here");
            },
            Integer::toString,
            level -> level,
            "levels");
    return new Search(dial, 0.9, budget, level -> outcome(met.applyAsDouble(level)));
  }

  private static Outcome outcome(double met) {
    return new Outcome(
        100,
        100,
        (int) (100 * met),
        met,
        NONE,
        1,
        NONE,
        1,
        NONE,
        0,
        NONE,
        0,
        NONE,
        100,
        0,
        true,
        true);
  }

  @Test
  void theLowestLevelIsFoundByHalving() {
    Search search = search(1_000, 100, level -> level >= 637 ? 0.95 : 0.2);

    assertThat(search.lowest()).isEqualTo(OptionalInt.of(637));
    assertThat(search.isExact(637)).isTrue();
    assertThat(search.played()).hasSizeLessThanOrEqualTo(2 + 10);
    search.lookAround(637);
    assertThat(search.played()).containsKeys(318, 477, 796, 955);
    assertThat(search.againstTheOrder()).isEmpty();
  }

  @Test
  void aGoalThatTheHighestDoesNotReachIsToldAtOnce() {
    Search search = search(1_000, 100, level -> 0.5);

    assertThat(search.lowest()).isEmpty();
    assertThat(search.played()).containsOnlyKeys(999);
  }

  @Test
  void theBudgetIsKeptAndSaidToHaveEnded() {
    Search search = search(1_000_000, 5, level -> level >= 3 ? 1 : 0);
    OptionalInt found = search.lowest();

    assertThat(found).isPresent();
    assertThat(search.isExact(found.getAsInt())).isFalse();
    search.lookAround(found.getAsInt());
    assertThat(search.played()).hasSize(5);
  }

  @Test
  void theLowestOfAllNeedsNoSearch() {
    assertThat(search(1_000, 100, level -> 1).lowest()).isEqualTo(OptionalInt.of(0));
    assertThat(search(1, 100, level -> 1).lowest()).isEqualTo(OptionalInt.of(0));
  }

  @Test
  void whereMoreDoesNotHelpThatIsSaid() {
    Search search = search(9, 100, level -> level == 4 ? 0.1 : 0.5 + level / 16.0);
    for (int level = 0; level < 9; level++) {
      boolean unused = search.reaches(level);
    }

    assertThat(search.againstTheOrder()).isEqualTo(List.of(4));
  }
}
