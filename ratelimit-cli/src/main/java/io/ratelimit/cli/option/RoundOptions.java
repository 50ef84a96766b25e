package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.simulation.SimulatedFaults;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The resources and the faults of a round. Defaults differ between commands. */
public final class RoundOptions {

  private static final RateLimit DEFAULT = RateLimit.of(20).perMinute();

  /** The queue's own limit if only named limits are given: too fast to matter. */
  public static final RateLimit NONE =
      RateLimit.of(RateLimit.MAX_PERMITS).perSecond().withBurst(RateLimit.MAX_PERMITS);

  @Option(
      names = "--limit",
      paramLabel = "[NAME=]RATE[,RATE]…",
      converter = LimitText.Converter.class,
      description = {
        "The rate limit: starts per period, like 20/m, 5/s or \"100/30s burst 5 margin"
            + " 1s\". Default: 20/m.",
        "With plan and simulate, also named limits, in addition to it or instead of"
            + " it, with one or more windows, like account=100/10s,200000/d; repeatable."
      })
  private List<LimitText> limits = new ArrayList<>();

  @Mixin private ScalingOptions scaling = new ScalingOptions();

  @Mixin private FaultOptions faults = new FaultOptions();

  /** Returns the queue's own limit; if only named limits are given, one too fast to matter. */
  public RateLimit limit() {
    List<LimitText> own = limits.stream().filter(each -> each.name().isEmpty()).toList();
    if (own.size() > 1) {
      throw new InputException(
          "--limit is given "
              + own.size()
              + " times without a name, but a queue has one limit of its own; give the others a"
              + " name, like address=6000/m");
    }
    return own.isEmpty() ? limits.isEmpty() ? DEFAULT : NONE : own.get(0).windows().get(0);
  }

  /** Returns the windows of named limits. */
  public Map<String, List<RateLimit>> named() {
    Map<String, List<RateLimit>> named = new LinkedHashMap<>();
    for (LimitText limit : limits) {
      if (limit.name().isPresent() && named.put(limit.name().get(), limit.windows()) != null) {
        throw new InputException(
            "--limit "
                + limit.name().get()
                + " is given twice; give all of its windows at once, separated by commas");
      }
    }
    return named;
  }

  /** Rejects named limits, for commands without them. */
  private void requireNoNames() {
    if (!named().isEmpty()) {
      throw new InputException(
          "--limit "
              + named().keySet().iterator().next()
              + " is a named limit, which only plan and simulate support; leave it out");
    }
  }

  public AttemptTerms attemptTerms() {
    return faults.attemptTerms();
  }

  public SimulatedFaults faults(long seed) {
    return faults.faults(seed);
  }

  /** Returns the options as a planner's request, whose rules hold for every round. */
  public PlanRequest request(List<AuditEvent> events) {
    requireNoNames();
    return request(events, Limits.none());
  }

  /** Returns the request with named limits. */
  public PlanRequest request(List<AuditEvent> events, Limits limits) {
    RateLimit limit = limit();
    RoundTerms given =
        scaling.appliedTo(RoundTerms.DEFAULT).withExpectations(faults.expectations());
    // Nothing is faster than no limit.
    RoundTerms terms = limit.equals(NONE) ? given.withEmergencyLimit(Optional.empty()) : given;
    terms.emergencyLimit().ifPresent(ceiling -> requireAtLeastTheLimit(limit, ceiling));
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
    try {
      return new PlanRequest(
          Backlog.ofEvents(events).withLoads(limits.loads(events)), limit, terms);
    } catch (IllegalArgumentException refused) {
      throw new InputException(String.valueOf(refused.getMessage()));
    }
  }

  private static void requireAtLeastTheLimit(RateLimit limit, RateLimit ceiling) {
    if (limit.isFasterThan(ceiling)) {
      throw new InputException(
          "--emergency-limit "
              + ceiling
              + " must be at least as fast as --limit "
              + limit
              + "; raise it, or set it to none");
    }
  }

  /**
   * Rejects weights above the emergency limit's permits: such an event would wait until the
   * emergency ends.
   */
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
              + "; use the same rate over a longer period");
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
