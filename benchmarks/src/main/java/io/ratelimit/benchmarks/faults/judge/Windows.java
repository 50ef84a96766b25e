package io.ratelimit.benchmarks.faults.judge;

import java.util.List;

/**
 * The starts of a run in their windows.
 *
 * @param starts when each was, in order
 * @param length the length of a window in microseconds
 * @param tolerance by how many of them a stamp may be wrong: windows are judged as if they were as
 *     much shorter, and changes of the limit as if they had taken as much longer
 */
record Windows(List<Long> starts, long length, long tolerance) {

  Windows {
    starts = starts.stream().sorted().toList();
  }

  /**
   * The fullest window.
   *
   * @param starts how many starts it held
   * @param allowed how many the limit allowed at its end
   */
  record Fullest(int starts, int allowed) {

    boolean isOver() {
      return starts > allowed;
    }
  }

  /** Returns the window that is most over what the limit allowed, or else the fullest by it. */
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
