package io.ratelimit.cli.round;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.report.RoundReport;
import java.util.ArrayList;
import java.util.List;

/** The guarantees that a round violated. */
public final class RoundFaults {

  /** Describes each in a few words; empty if all held. */
  public static List<String> of(RoundReport report, boolean conserved) {
    List<String> faults = new ArrayList<>();
    report
        .lateness()
        .ifPresent(
            late ->
                faults.add("the deadline of " + Texts.duration(report.deadline()) + ", " + late));
    if (!report.limitHeld().orElse(true)) {
      faults.add("the limit was exceeded");
    }
    if (!conserved || report.lost() > 0) {
      faults.add("events were lost");
    }
    return faults;
  }

  private RoundFaults() {}
}
