package io.ratelimit.core.simulation;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * A whole round in virtual time. The queue, the limit, the policies and the retries are those of
 * the engine; only threads and waiting are not. Takes milliseconds, and the same setup always gives
 * the same result.
 *
 * <p>Unlike the engine, a simulation continues past its deadline until nothing is unfinished, to
 * show how late it would be.
 *
 * <p>Immutable and thread-safe.
 */
public final class Simulation {

  /**
   * The state at one moment.
   *
   * @param at when, from the start
   * @param waiting how many events waited, for a worker or for their retry
   * @param running how many were being processed
   * @param done how many were finished
   * @param failed how many were given up
   * @param workers how many workers were wanted
   * @param limit the limit that was wanted
   * @param startsInWindow the weight of the starts in the window
   * @param starts how many attempts were started so far
   */
  public record Sample(
      Duration at,
      long waiting,
      long running,
      long done,
      long failed,
      int workers,
      RateLimit limit,
      long startsInWindow,
      long starts) {}

  /**
   * The result of a simulation.
   *
   * @param report what happened
   * @param samples the state at each decision; unmodifiable
   * @param conserved whether every event was accounted for in the end
   */
  public record Result(RoundReport report, List<Sample> samples, boolean conserved) {

    /** Copies the samples. */
    public Result {
      samples = List.copyOf(samples);
    }
  }

  final List<AuditEvent> events;
  final RateLimit limit;
  final Limits limits;
  final RoundTerms terms;
  final ScalingPolicy policy;
  final RetryPolicy retryPolicy;
  final SimulatedFaults faults;
  final double realTime;

  private Simulation(Builder builder) {
    this.events = builder.events;
    this.limit = builder.limit;
    this.limits = builder.limits;
    this.terms = builder.terms.withRetriesOf(builder.retryPolicy);
    this.policy = builder.policy;
    this.retryPolicy = builder.retryPolicy;
    this.faults = builder.faults;
    this.realTime = builder.realTime;
  }

  /**
   * Prepares a simulation of these events under this limit.
   *
   * @param events at least one; published in this order at the start
   * @throws IllegalArgumentException if there are none
   */
  public static Builder builder(Collection<AuditEvent> events, RateLimit limit) {
    return new Builder(events, limit);
  }

  /** Runs it from start to end, in the calling thread. */
  public Result run() {
    return new SimulationRun(this).run();
  }

  /** Configures a simulation. Not thread-safe. */
  public static final class Builder {
    private final List<AuditEvent> events;
    private final RateLimit limit;
    private Limits limits = Limits.none();
    private RoundTerms terms = RoundTerms.DEFAULT;
    private ScalingPolicy policy = ScalingPolicy.standard();
    private RetryPolicy retryPolicy = RetryPolicy.DEFAULT;
    private SimulatedFaults faults = SimulatedFaults.NONE;
    private double realTime = 1;

    private Builder(Collection<AuditEvent> events, RateLimit limit) {
      this.events = List.copyOf(events);
      this.limit = requireNonNull(limit, "limit");
      if (this.events.isEmpty()) {
        throw new IllegalArgumentException("a simulation needs at least one event");
      }
    }

    /** Sets the named limits; none by default. */
    @CanIgnoreReturnValue
    public Builder limits(Limits newLimits) {
      this.limits = requireNonNull(newLimits, "limits");
      return this;
    }

    /** Sets the terms of the round; {@link RoundTerms#DEFAULT} by default. */
    @CanIgnoreReturnValue
    public Builder terms(RoundTerms newTerms) {
      this.terms = requireNonNull(newTerms, "terms");
      return this;
    }

    /** Decides how many workers there are; {@link ScalingPolicy#standard()} by default. */
    @CanIgnoreReturnValue
    public Builder scalingPolicy(ScalingPolicy newPolicy) {
      this.policy = requireNonNull(newPolicy, "policy");
      return this;
    }

    /**
     * Sets whether and when failed attempts are retried; {@link RetryPolicy#DEFAULT} by default.
     */
    @CanIgnoreReturnValue
    public Builder retryPolicy(RetryPolicy newRetryPolicy) {
      this.retryPolicy = requireNonNull(newRetryPolicy, "retryPolicy");
      return this;
    }

    /** Sets the faults; none by default. Expected faults are part of the terms. */
    @CanIgnoreReturnValue
    public Builder faults(SimulatedFaults newFaults) {
      this.faults = requireNonNull(newFaults, "faults");
      return this;
    }

    /**
     * Sets how many times longer than declared an attempt really takes; 1 by default. The policy
     * learns this from completed attempts.
     *
     * @throws IllegalArgumentException if the factor is not 0.001 to 1000
     */
    @CanIgnoreReturnValue
    public Builder realTime(double factor) {
      if (!(factor >= 0.001 && factor <= 1_000)) {
        throw new IllegalArgumentException("real time must be 0.001 to 1000 but is " + factor);
      }
      this.realTime = factor;
      return this;
    }

    /**
     * Creates the simulation.
     *
     * @throws IllegalArgumentException if the emergency limit is slower than the limit
     */
    public Simulation build() {
      RateLimit unused = terms.fastest(limit);
      return new Simulation(this);
    }
  }
}
