package io.ratelimit.benchmarks.faults.judge;

/**
 * How many attempts of a key a limit lets be made at once.
 *
 * @param name of the limit
 * @param most how many
 * @param keys how many keys the limit has, as in {@link Rule}
 * @param leaseMicros for how long an attempt is certainly in flight whose end nobody wrote down
 */
public record Bound(String name, int most, int keys, long leaseMicros) {

  int key(String id) {
    return Rule.key(id, keys);
  }
}
