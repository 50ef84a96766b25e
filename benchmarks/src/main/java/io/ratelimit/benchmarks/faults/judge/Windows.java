package io.ratelimit.benchmarks.faults.judge;

import java.util.List;

/**
 * The starts of a run and their windows.
 *
 * @param starts the times of the starts, in order
 * @param length the length of a window in microseconds
 * @param tolerance the error of a timestamp in microseconds: windows are judged as if they were
 *     shorter by it, and changes of the limit as if they had taken longer by it
 */
record Windows(List<Long> starts, long length, long tolerance) {

  Windows {
    starts = starts.stream().sorted().toList();
  }

  /**
   * The fullest window.
   *
   * @param starts the starts in it
   * @param allowed the starts that the limit allowed at its end
   */
  record Fullest(int starts, int allowed) {

    boolean isOver() {
      return starts > allowed;
    }
  }

  /**
   * Returns the window that exceeds its limit the most, or else the fullest one relative to its
   * limit.
   */
  Fullest fullest(LimitHistory limits) {
    Fullest fullest = new Fullest(0, limits.highest(Long.MIN_VALUE, Long.MIN_VALUE));
    int first = 0;
    for (int last = 0; last < starts.size(); last++) {
      long end = starts.get(last);
      while (starts.get(first) <= end - length + tolerance) {
        first++;
      }
      int count = last - first + 1;
      int allowed = limits.highest(end - tolerance, end + tolerance);
      if ((double) count / allowed > (double) fullest.starts / fullest.allowed) {
        fullest = new Fullest(count, allowed);
      }
    }
    return fullest;
  }
}
