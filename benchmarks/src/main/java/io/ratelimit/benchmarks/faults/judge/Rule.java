package io.ratelimit.benchmarks.faults.judge;

/**
 * One window of a named limit, which never changes in a run.
 *
 * @param name the name of the limit
 * @param windowMicros the length of the window
 * @param permits the permits per window, for each key
 * @param keys the number of keys: the n-th event of a process, {@code process-n}, has the key n
 *     modulo this
 */
public record Rule(String name, long windowMicros, int permits, int keys) {

  /** Returns the key of an event. */
  public int key(String id) {
    return key(id, keys);
  }

  static int key(String id, int keys) {
    return Integer.parseInt(id.substring(id.lastIndexOf('-') + 1)) % keys;
  }
}
