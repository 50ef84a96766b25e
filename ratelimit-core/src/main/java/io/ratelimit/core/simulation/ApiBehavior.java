package io.ratelimit.core.simulation;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.simulation.SimulatedFaults.Fate;
import java.time.Duration;

/**
 * What a simulated API does with an attempt: how long it takes, and whether it fails.
 *
 * <p>A behavior is a pure function, so that a simulation can be repeated. Behaviors are composed:
 * most wrap another one.
 */
@FunctionalInterface
public interface ApiBehavior {

  /**
   * Returns what becomes of an attempt.
   *
   * @param event the event that it is at
   * @param attempt the number of the attempt, counted from 1
   * @param at when it starts, from the start of the simulation
   */
  Fate fate(AuditEvent event, int attempt, Duration at);

  /** Returns the behavior of an API with these faults, the same at any time. */
  static ApiBehavior of(SimulatedFaults faults) {
    requireNonNull(faults, "faults");
    return (event, attempt, at) -> faults.fate(event, attempt);
  }

  /** Returns this behavior, but another one for events of a type. */
  default ApiBehavior forType(String type, ApiBehavior other) {
    requireNonNull(type, "type");
    requireNonNull(other, "other");
    return (event, attempt, at) ->
        (event.type().name().equals(type) ? other : this).fate(event, attempt, at);
  }

  /**
   * Returns this behavior, but attempts that start in a period take so many times as long.
   *
   * @param from the start of the period, from that of the simulation
   * @param to its end, which is no part of it
   * @param factor 0.001 to 1000
   * @throws IllegalArgumentException if the period does not end after it began, or the factor is
   *     outside its range
   */
  default ApiBehavior slowDuring(Duration from, Duration to, double factor) {
    requirePeriod(from, to);
    if (!(factor >= 0.001 && factor <= 1_000)) {
      throw new IllegalArgumentException("the factor must be 0.001 to 1000 but is " + factor);
    }
    return (event, attempt, at) -> {
      Fate fate = fate(event, attempt, at);
      return isDuring(from, to, at)
          ? new Fate(
              Duration.ofNanos(Math.round(fate.processingTime().toNanos() * factor)), fate.fails())
          : fate;
    };
  }

  /**
   * Returns this behavior, but attempts that start in a period fail. Those that are running when it
   * begins end as they would have.
   *
   * @param from the start of the period, from that of the simulation
   * @param to its end, which is no part of it
   * @param failsAfter how long such an attempt takes: more than zero
   * @throws IllegalArgumentException if the period does not end after it began, or attempts take no
   *     time
   */
  default ApiBehavior downDuring(Duration from, Duration to, Duration failsAfter) {
    requirePeriod(from, to);
    Fate down = new Fate(Requirements.positive("failing time", failsAfter), true);
    return (event, attempt, at) -> isDuring(from, to, at) ? down : fate(event, attempt, at);
  }

  private static boolean isDuring(Duration from, Duration to, Duration at) {
    return at.compareTo(from) >= 0 && at.compareTo(to) < 0;
  }

  private static void requirePeriod(Duration from, Duration to) {
    Requirements.notNegative("the start of a period", from);
    if (to.compareTo(from) <= 0) {
      throw new IllegalArgumentException(
          "a period must end after it begins, at " + from + ", but ends at " + to);
    }
  }
}
