package io.ratelimit.benchmarks.redis;

import java.time.Duration;
import java.util.List;

/** Starts in microseconds, in order of time. */
record StartLog(List<Long> micros) {

  private static final long SECOND = 1_000_000;

  StartLog {
    micros = micros.stream().sorted().toList();
  }

  /** Returns the largest number of starts in any half-open window of a second. */
  int largestWindow() {
    int largest = 0;
    int first = 0;
    for (int last = 0; last < micros.size(); last++) {
      while (micros.get(first) <= micros.get(last) - SECOND) {
        first++;
      }
      largest = Math.max(largest, last - first + 1);
    }
    return largest;
  }

  /**
   * Returns by how many milliseconds a window must be shorter than a second so that {@code permits
   * + 1} starts do not fit into it; negative if it could be longer.
   */
  double shortfallMillis(int permits) {
    long least = Long.MAX_VALUE;
    for (int i = permits; i < micros.size(); i++) {
      least = Math.min(least, micros.get(i) - micros.get(i - permits));
    }
    return (SECOND - least) / 1e3;
  }

  /**
   * Returns the share of the limit that was used, from the first start over whole windows, without
   * the last one, in which the measurement ended.
   */
  double utilization(int permits, Duration window) {
    if (micros.isEmpty()) {
      return 0;
    }
    long length = window.toNanos() / 1_000;
    long first = micros.get(0);
    long windows = (micros.get(micros.size() - 1) - first) / length;
    long within = micros.stream().filter(start -> start < first + windows * length).count();
    return within / (double) (permits * windows);
  }
}
