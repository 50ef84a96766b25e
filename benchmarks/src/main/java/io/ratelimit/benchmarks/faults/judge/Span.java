package io.ratelimit.benchmarks.faults.judge;

/**
 * A span of time; see {@link Stamps}.
 *
 * @param begin its first moment
 * @param end its last
 */
public record Span(long begin, long end) {

  boolean holds(long moment) {
    return moment >= begin && moment <= end;
  }

  boolean overlaps(Span other) {
    return begin <= other.end && other.begin <= end;
  }
}
