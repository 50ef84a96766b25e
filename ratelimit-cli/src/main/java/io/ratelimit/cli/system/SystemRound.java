package io.ratelimit.cli.system;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.ratelimit.cli.round.RoundFaults;
import io.ratelimit.core.report.RoundReport;
import java.util.List;

/**
 * The result of one round of the whole system.
 *
 * @param manager the manager's id
 * @param published the number of events published for it
 * @param conserved whether no event was lost
 * @param report the manager's report
 */
record SystemRound(
    @JsonProperty String manager,
    @JsonProperty long published,
    @JsonProperty boolean conserved,
    @JsonUnwrapped RoundReport report) {

  boolean isGood() {
    return faults().isEmpty();
  }

  /** Returns the guarantees that did not hold. */
  List<String> faults() {
    return RoundFaults.of(report, conserved);
  }
}
