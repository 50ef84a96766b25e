package io.ratelimit.benchmarks.faults.judge;

/**
 * The most attempts in flight per key that a limit allows.
 *
 * @param name the name of the limit
 * @param most the most attempts in flight
 * @param keys the number of its keys, as in {@link Rule}
 * @param leaseMicros how long an attempt without a recorded end is certainly in flight
 */
public record Bound(String name, int most, int keys, long leaseMicros) {

  int key(String id) {
    return Rule.key(id, keys);
  }
}
