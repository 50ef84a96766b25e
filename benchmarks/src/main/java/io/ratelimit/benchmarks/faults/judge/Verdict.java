package io.ratelimit.benchmarks.faults.judge;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a run was like.
 *
 * @param violations what must not be, in sentences; empty if all is well
 * @param starts how many attempts were started
 * @param fullestWindow how many starts the fullest window held
 * @param allowed how many the limit allowed in it
 * @param published how many events were accepted for certain
 * @param lost how many of them were never finished, and are not there any more
 * @param toldLost how many events are missing by the queue's own account
 * @param countedAgain how many events were counted as done or failed more than once
 * @param firstStartMicros how long after the fault the first attempt was started
 * @param everyoneMicros how long after the fault every process had started one
 * @param health the worst that health said from the fault on, and why
 */
public record Verdict(
    List<String> violations,
    int starts,
    int fullestWindow,
    int allowed,
    int published,
    long lost,
    long toldLost,
    int countedAgain,
    OptionalLong firstStartMicros,
    OptionalLong everyoneMicros,
    String health) {

  /** Copies the violations. */
  public Verdict {
    violations = List.copyOf(violations);
  }
}
