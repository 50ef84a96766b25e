package io.ratelimit.core.simulation;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;

/**
 * An event that a simulation publishes at a time.
 *
 * @param at when, from the start of its round: 0 or more, at most {@link #LATEST}
 * @param event what is published
 */
public record Arrival(Duration at, AuditEvent event) {

  /** How long after the start of its round an event may arrive at most: 366 days. */
  public static final Duration LATEST = Duration.ofDays(366);

  /**
   * Creates an arrival.
   *
   * @throws IllegalArgumentException if the time is outside its range
   */
  public Arrival {
    Requirements.between("arrival", at, Duration.ZERO, LATEST);
    requireNonNull(event, "event");
  }
}
