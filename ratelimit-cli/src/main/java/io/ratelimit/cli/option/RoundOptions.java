package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.simulation.SimulatedFaults;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a round may use, and what goes wrong in it. The defaults differ between the commands. */
public final class RoundOptions {

  @Option(
      names = "--limit",
      paramLabel = "RATE",
      defaultValue = "20/m",
      converter = Converters.Limit.class,
      description = {
        "The rate limit: so many starts in any such time, like 20/m, 5/s or \"100/30s burst 5"
            + " margin 1s\". Default: ${DEFAULT-VALUE}."
      })
  private RateLimit limit = RateLimit.of(20).perMinute();

  @Mixin private ScalingOptions scaling = new ScalingOptions();

  @Mixin private FaultOptions faults = new FaultOptions();

  public RateLimit limit() {
    return limit;
  }

  public AttemptTerms attemptTerms() {
    return faults.attemptTerms();
  }

  public SimulatedFaults faults(long seed) {
    return faults.faults(seed);
  }

  /** All of it as a request to the planner, whose rules hold for every round. */
  public PlanRequest request(List<AuditEvent> events) {
    RoundTerms terms =
        scaling.appliedTo(RoundTerms.DEFAULT).withExpectations(faults.expectations());
    scaling.emergencyLimit().ifPresent(this::requireAtLeastTheLimit);
    requireTimeForOne(events);
    requireRoom(events);
    if (events.size() * faults.expectations().attemptsPerEvent() > Backlog.MAX_EVENTS) {
      throw new InputException(
          "--failure-rate "
              + faults.failureRate()
              + " and --retries "
              + faults.retries()
              + " make more than "
              + Backlog.MAX_EVENTS
              + " attempts of "
              + Texts.count(events.size(), "event")
              + "; lower one of them");
    }
    return new PlanRequest(Backlog.ofEvents(events), limit, terms);
  }

  private void requireAtLeastTheLimit(RateLimit ceiling) {
    if (limit.isFasterThan(ceiling)) {
      throw new InputException(
          "--emergency-limit "
              + ceiling
              + " must be at least as fast as --limit "
              + limit
              + "; raise it, or say none");
    }
  }

  /** An event with a weight above the emergency limit's permits would wait until it is over. */
  private void requireRoom(List<AuditEvent> events) {
    int heaviest = events.stream().mapToInt(AuditEvent::weight).max().orElseThrow();
    scaling.emergencyLimit().ifPresent(most -> requireRoom(heaviest, most));
  }

  private static void requireRoom(int heaviest, RateLimit ceiling) {
    if (heaviest > ceiling.permits()) {
      throw new InputException(
          "an event weighs "
              + heaviest
              + " but --emergency-limit "
              + ceiling
              + " has "
              + Texts.count(ceiling.permits(), "permit")
              + "; say the same rate for a longer time");
    }
  }

  private void requireTimeForOne(List<AuditEvent> events) {
    AuditEvent longest =
        events.stream()
            .max(Comparator.comparing(event -> event.type().processingTime()))
            .orElseThrow();
    if (longest.type().processingTime().compareTo(scaling.deadline()) > 0) {
      throw new InputException(
          "--deadline "
              + Texts.duration(scaling.deadline())
              + " must be at least as long as one event takes, "
              + Texts.duration(longest.type().processingTime())
              + " for "
              + longest.type().name()
              + "; raise it");
    }
  }
}
