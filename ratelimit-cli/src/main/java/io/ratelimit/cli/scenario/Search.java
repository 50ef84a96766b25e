package io.ratelimit.cli.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Finds the lowest level with which enough rounds meet their deadline, by bisection: it assumes
 * that higher levels are at least as good. A budget bounds the number of tries.
 */
final class Search {

  private final Dial dial;
  private final double goal;
  private final int budget;
  private final IntFunction<Outcome> play;
  private final TreeMap<Integer, Outcome> played = new TreeMap<>();

  /**
   * @param goal the share of the rounds that must meet the deadline
   * @param budget the most levels to try, at least 2
   * @param play tries a level
   */
  Search(Dial dial, double goal, int budget, IntFunction<Outcome> play) {
    this.dial = dial;
    this.goal = goal;
    this.budget = budget;
    this.play = play;
  }

  /**
   * Searches.
   *
   * @return the lowest level found that reaches the goal; empty if not even the highest does
   */
  OptionalInt lowest() {
    int high = dial.levels() - 1;
    if (!reaches(high)) {
      return OptionalInt.empty();
    }
    if (high == 0 || reaches(0)) {
      return OptionalInt.of(0);
    }
    int low = 0;
    while (high - low > 1 && played.size() < budget) {
      int middle = low + (high - low) / 2;
      if (reaches(middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return OptionalInt.of(high);
  }

  /** Tries levels around one, as far as the budget allows, to show the curve. */
  void lookAround(int level) {
    for (int each : dial.around(level)) {
      if (played.size() < budget) {
        boolean unused = reaches(each);
      }
    }
  }

  boolean reaches(int level) {
    return played.computeIfAbsent(level, play::apply).metShare() >= goal;
  }

  /** Returns the outcomes, by level. */
  Map<Integer, Outcome> played() {
    return played;
  }

  /** Returns whether the level below one was tried, so the answer is exact, not just a bound. */
  boolean isExact(int level) {
    return level == 0 || played.containsKey(level - 1);
  }

  /** Returns levels with fewer rounds in time than a lower level. */
  List<Integer> againstTheOrder() {
    List<Integer> levels = new ArrayList<>();
    double most = 0;
    for (Map.Entry<Integer, Outcome> each : played.entrySet()) {
      if (each.getValue().metShare() < most) {
        levels.add(each.getKey());
      }
      most = Math.max(most, each.getValue().metShare());
    }
    return levels;
  }
}
