package io.ratelimit.core.simulation;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.scaling.Expectations;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Decides which attempts of a simulated API fail and which are slow. The result depends only on the
 * seed, the event's id and the number of the attempt, so a simulation can be repeated whatever the
 * order in which threads run. Immutable and thread-safe.
 *
 * @param seed the random seed
 * @param failureRate the share of attempts that fail, 0 to 1
 * @param slowRate the share of attempts that are slow, 0 to 1
 * @param slowFactor how many times as long a slow attempt takes, 1 to 1000
 */
public record SimulatedFaults(long seed, double failureRate, double slowRate, double slowFactor) {

  /** Nothing fails, and everything takes as long as expected. */
  public static final SimulatedFaults NONE = new SimulatedFaults(0, 0, 0, 1);

  /**
   * The result of a simulated attempt.
   *
   * @param processingTime how long it takes
   * @param fails whether it fails in the end
   */
  public record Fate(Duration processingTime, boolean fails) {}

  /**
   * Creates faults.
   *
   * @throws IllegalArgumentException if a value is outside its range or not a number
   */
  public SimulatedFaults {
    // The same ranges as for what is expected.
    Expectations unused = new Expectations(failureRate, 0, slowRate, slowFactor);
  }

  /** 5 % of the attempts fail, and 10 % take twice as long. */
  public static SimulatedFaults typical(long seed) {
    return new SimulatedFaults(seed, 0.05, 0.1, 2);
  }

  /** Returns the result of an attempt at an event, counted from 1. */
  public Fate fate(AuditEvent event, int attempt) {
    SplittableRandom chance =
        new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 31L * event.id().hashCode() + attempt);
    boolean fails = chance.nextDouble() < failureRate;
    boolean slow = chance.nextDouble() < slowRate;
    Duration usual = event.type().processingTime();
    return new Fate(
        slow ? Duration.ofNanos(Math.round(usual.toNanos() * slowFactor)) : usual, fails);
  }

  /** Returns what a plan should expect. */
  public Expectations expectations(int retries) {
    return new Expectations(failureRate, retries, slowRate, slowFactor);
  }

  /** Returns what a plan should expect with this retry policy. */
  public Expectations expectations(RetryPolicy retries) {
    return expectations(retries.maxRetries()).withBackoff(retries.backoff());
  }
}
