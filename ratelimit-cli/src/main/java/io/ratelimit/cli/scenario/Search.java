package io.ratelimit.cli.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Looks for the lowest level with which enough rounds meet their deadline. It takes them to be more
 * the higher the level is, and halves what is left with each try; a bound says how many it makes.
 */
final class Search {

  private final Dial dial;
  private final double goal;
  private final int budget;
  private final IntFunction<Outcome> play;
  private final TreeMap<Integer, Outcome> played = new TreeMap<>();

  /**
   * @param goal which share of the rounds is to meet the deadline
   * @param budget how many levels may be tried, at least 2
   * @param play tries one
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
   * @return the lowest level that was found to reach the goal; empty: not even the highest does
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

  /** Tries levels around one, as far as the bound allows, so that the curve is seen. */
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

  /** Returns what was tried, by level. */
  Map<Integer, Outcome> played() {
    return played;
  }

  /** Returns whether the level below one was tried, so that the answer is not only a bound. */
  boolean isExact(int level) {
    return level == 0 || played.containsKey(level - 1);
  }

  /** Returns levels with which fewer rounds met their deadline than with a lower one. */
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
