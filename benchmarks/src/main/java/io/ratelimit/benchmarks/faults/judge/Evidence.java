package io.ratelimit.benchmarks.faults.judge;

import java.util.List;
import java.util.Set;

/**
 * The evidence of a run.
 *
 * @param journals the journal of each process
 * @param survivors the names of the processes that had to work again after the fault
 * @param windowMicros the length of the limit's window
 * @param initialPermits the limit at the beginning
 * @param rules the named limits
 * @param bounds the bounds on attempts in flight
 * @param fault the span of the fault
 * @param workFrom the moment from which work had to continue: the fault's end, or its beginning if
 *     it must not stop work for longer than the bound
 * @param drainFrom when the load had ended and only the rest was being drained
 * @param worksMeanwhile whether work had to continue during the fault
 * @param books Redis's records in the end
 * @param allowances the fault's allowances
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
