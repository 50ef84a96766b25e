package io.ratelimit.core.scaling;

/**
 * How many workers there may be.
 *
 * @param min the fewest, at least 1
 * @param max the most, at least {@code min} and at most {@value #MOST}
 */
public record WorkerRange(int min, int max) {

  /** The largest maximum. */
  public static final int MOST = 100_000;

  /** 1 to 10 workers. */
  public static final WorkerRange DEFAULT = new WorkerRange(1, 10);

  /**
   * Creates a range.
   *
   * @throws IllegalArgumentException unless 1 ≤ min ≤ max ≤ {@value #MOST}
   */
  public WorkerRange {
    if (min < 1 || max < min || max > MOST) {
      throw new IllegalArgumentException(
          "workers must be 1 ≤ min ≤ max ≤ " + MOST + " but are min " + min + ", max " + max);
    }
  }

  /**
   * Returns this range where no more workers than these exist.
   *
   * @param slots how many there really are; below 1 counts as 1
   */
  public WorkerRange atMost(int slots) {
    int most = Math.max(1, slots);
    return most >= max ? this : new WorkerRange(Math.min(min, most), most);
  }

  /** Returns the number of this range that is nearest to a number. */
  public int clamp(int workers) {
    return Math.max(min, Math.min(max, workers));
  }
}
