package io.ratelimit.core.simulation;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A whole round under virtual time: the queue, the limit, the policies and the retries are those of
 * the engine; only threads and waiting are not. Takes milliseconds, and the same setup always gives
 * the same result.
 *
 * <p>Unlike the engine, a simulation goes on past its deadline until nothing is unfinished, to show
 * how late it would be.
 *
 * <p>Immutable and thread-safe.
 */
public final class Simulation {

  /**
   * How things stood at one moment.
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
   * What a simulation showed.
   *
   * @param report what happened
   * @param samples how things stood at each decision; unmodifiable
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
  final Optional<RateLimit> emergencyLimit;
  final Duration deadline;
  final WorkerRange workers;
  final ScalingPolicy policy;
  final RetryPolicy retryPolicy;
  final SimulatedFaults faults;
  final Duration decisionInterval;
  final double realTime;

  private Simulation(Builder builder) {
    this.events = builder.events;
    this.limit = builder.limit;
    this.emergencyLimit = builder.emergencyLimit;
    this.deadline = builder.deadline;
    this.workers = builder.workers;
    this.policy = builder.policy;
    this.retryPolicy = builder.retryPolicy;
    this.faults = builder.faults;
    this.decisionInterval = builder.decisionInterval;
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

  /**
   * What can be chosen about a simulation. A duration of more than a hundred years counts as one of
   * a hundred years. Not thread-safe.
   */
  public static final class Builder {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final List<AuditEvent> events;
    private final RateLimit limit;
    private Optional<RateLimit> emergencyLimit = Optional.empty();
    private Duration deadline = Duration.ofMinutes(3);
    private WorkerRange workers = WorkerRange.DEFAULT;
    private ScalingPolicy policy = ScalingPolicy.standard();
    private RetryPolicy retryPolicy = RetryPolicy.DEFAULT;
    private SimulatedFaults faults = SimulatedFaults.NONE;
    private Duration decisionInterval = Duration.ofSeconds(1);
    private double realTime = 1;

    private Builder(Collection<AuditEvent> events, RateLimit limit) {
      this.events = List.copyOf(events);
      this.limit = requireNonNull(limit, "limit");
      if (this.events.isEmpty()) {
        throw new IllegalArgumentException("a simulation needs at least one event");
      }
    }

    /** How far the limit may be raised when the deadline is in danger; by default not at all. */
    @CanIgnoreReturnValue
    public Builder emergencyLimit(RateLimit newEmergencyLimit) {
      this.emergencyLimit = Optional.of(newEmergencyLimit);
      return this;
    }

    /**
     * In which time the round should be done; 3 minutes by default.
     *
     * @throws IllegalArgumentException if the deadline is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder deadline(Duration newDeadline) {
      this.deadline = positive("deadline", newDeadline);
      return this;
    }

    /** How many workers there may be; 1 to 10 by default. */
    @CanIgnoreReturnValue
    public Builder workers(WorkerRange newWorkers) {
      this.workers = requireNonNull(newWorkers, "workers");
      return this;
    }

    /** Decides how many workers there are; {@link ScalingPolicy#standard()} by default. */
    @CanIgnoreReturnValue
    public Builder scalingPolicy(ScalingPolicy newPolicy) {
      this.policy = requireNonNull(newPolicy, "policy");
      return this;
    }

    /** When failed attempts are made again; {@link RetryPolicy#DEFAULT} by default. */
    @CanIgnoreReturnValue
    public Builder retryPolicy(RetryPolicy newRetryPolicy) {
      this.retryPolicy = requireNonNull(newRetryPolicy, "retryPolicy");
      return this;
    }

    /** What goes wrong; nothing by default. It is planned for, too. */
    @CanIgnoreReturnValue
    public Builder faults(SimulatedFaults newFaults) {
      this.faults = requireNonNull(newFaults, "faults");
      return this;
    }

    /**
     * How often the scaling is decided; 1 s by default.
     *
     * @throws IllegalArgumentException if the interval is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder decisionInterval(Duration interval) {
      this.decisionInterval = positive("decision interval", interval);
      return this;
    }

    /**
     * How many times as long as declared an attempt really takes; 1 by default. The policy learns
     * of it from the attempts that ended.
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

    private static Duration positive(String what, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(what + " must be more than zero but is " + value);
      }
      return value.compareTo(LONGEST) > 0 ? LONGEST : value;
    }

    /** Creates the simulation. */
    public Simulation build() {
      return new Simulation(this);
    }
  }
}
