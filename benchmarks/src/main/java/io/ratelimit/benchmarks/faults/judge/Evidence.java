package io.ratelimit.benchmarks.faults.judge;

import java.util.List;
import java.util.Set;

/**
 * All that is known of a run.
 *
 * @param journals what each process wrote down
 * @param survivors the names of those that had to work again after the fault
 * @param windowMicros the length of the limit's window
 * @param initialPermits the limit at the beginning
 * @param rules the limits beside the queue's own
 * @param bounds the limits of what is in flight
 * @param fault from when to when the fault lasted
 * @param workFrom from when on work had to go on: the fault's end, or its begin if it must not stop
 *     anything for longer than the bound
 * @param drainFrom when the load had ended and only the rest was done
 * @param worksMeanwhile whether work had to go on while the fault lasted
 * @param books what Redis had recorded in the end
 * @param allowances what the fault brings with it
 */
public record Evidence(
    List<Journal> journals,
    Set<String> survivors,
    long windowMicros,
    int initialPermits,
    List<Rule> rules,
    List<Bound> bounds,
    Span fault,
    long workFrom,
    long drainFrom,
    boolean worksMeanwhile,
    Books books,
    Set<Allowance> allowances) {

  /** Copies the collections. */
  public Evidence {
    journals = List.copyOf(journals);
    rules = List.copyOf(rules);
    bounds = List.copyOf(bounds);
    survivors = Set.copyOf(survivors);
    allowances = Set.copyOf(allowances);
  }

  boolean allows(Allowance allowance) {
    return allowances.contains(allowance);
  }
}
