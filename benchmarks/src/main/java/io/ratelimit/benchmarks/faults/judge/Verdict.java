package io.ratelimit.benchmarks.faults.judge;

import java.util.List;
import java.util.OptionalLong;

/**
 * The verdict on a run.
 *
 * @param violations the violations, in sentences; empty if all is well
 * @param starts the number of attempts
 * @param fullestWindow the starts in the fullest window
 * @param allowed the starts that the limit allowed in it
 * @param published the number of events certainly accepted
 * @param lost how many of them never finished and are gone
 * @param toldLost the number of events that the queue itself reports as missing
 * @param countedAgain how often an event was counted again as done or failed
 * @param firstStartMicros the time from the fault's end to the first start
 * @param everyoneMicros the time from the fault's end until every process had started something
 * @param health the worst health since the fault, and why
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
