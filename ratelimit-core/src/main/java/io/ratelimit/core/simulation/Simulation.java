package io.ratelimit.core.simulation;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Whole rounds in virtual time: the queue, the limit, the policies and the retries are those of the
 * engine; only threads and waiting are not. Takes milliseconds, and the same setup always gives the
 * same result.
 *
 * <p>Unlike the engine, a simulation continues past its deadline until nothing is unfinished, to
 * show how late it would be.
 *
 * <p>Several rounds, one after the other, have one queue, as a service has: what one leaves
 * unfinished, what it started, and what was measured of its attempts is there in the next.
 *
 * <p>Immutable and thread-safe, as far as the policies and the behavior of the API are.
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
   * The result of one round.
   *
   * @param startedAt when it began, from the start of the simulation
   * @param arrivals how many events were published in it, by name of type; unmodifiable
   * @param finish how long after its start the last of its events was done or given up; empty: some
   *     were unfinished when this was told
   * @param deadlineMet whether that was no later than the deadline
   * @param starts the weight of the starts from its start to that of the next round
   * @param extraStarts how much of that is more than the normal limit allows until the last of
   *     them: what the emergency took
   * @param workerTime for how long there were workers, all together, from its start to that of the
   *     next round, or to the end
   */
  public record Round(
      Duration startedAt,
      Map<String, Long> arrivals,
      Optional<Duration> finish,
      boolean deadlineMet,
      long starts,
      double extraStarts,
      Duration workerTime) {

    /** Copies the arrivals. */
    public Round {
      arrivals = Collections.unmodifiableMap(new LinkedHashMap<>(arrivals));
    }
  }

  /** Chooses the policy of each round. */
  @FunctionalInterface
  public interface Policies {

    /**
     * Returns the policy from the start of a round to that of the next.
     *
     * @param round which one it is, counted from 0
     * @param earlier the rounds before it, in order, as they stand at its start; unmodifiable
     */
    ScalingPolicy policy(int round, List<Round> earlier);
  }

  /**
   * The result of a simulation.
   *
   * @param report what happened, in all rounds together
   * @param samples the state at each decision; unmodifiable
   * @param rounds the result of each round, in order; unmodifiable
   * @param conserved whether every event was accounted for in the end
   */
  public record Result(
      RoundReport report, List<Sample> samples, List<Round> rounds, boolean conserved) {

    /** Copies the lists. */
    public Result {
      samples = List.copyOf(samples);
      rounds = List.copyOf(rounds);
    }
  }

  /** What somebody does to the queue at a time. */
  record Change(Duration at, Consumer<EventQueue> change) {}

  final List<List<Arrival>> rounds;
  final Duration every;
  final RateLimit limit;
  final Limits limits;
  final RoundTerms terms;
  final Policies policies;
  final Optional<RoundForecast> forecast;
  final RetryPolicy retryPolicy;
  final ApiBehavior behavior;
  final double realTime;
  final Duration workerStartup;
  final Duration longest;
  final List<Change> changes;

  private Simulation(Builder builder) {
    this.rounds = builder.rounds;
    this.every = builder.every;
    this.limit = builder.limit;
    this.limits = builder.limits;
    this.terms = builder.terms.withRetriesOf(builder.retryPolicy);
    this.policies = builder.policies;
    this.forecast = builder.forecast;
    this.retryPolicy = builder.retryPolicy;
    this.behavior = builder.behavior;
    this.realTime = builder.realTime;
    this.workerStartup = builder.workerStartup;
    this.longest = builder.longest;
    this.changes = List.copyOf(builder.changes);
  }

  /**
   * Prepares a simulation of one round of these events under this limit.
   *
   * @param events at least one; published in this order at the start
   * @throws IllegalArgumentException if there are none
   */
  public static Builder builder(Collection<AuditEvent> events, RateLimit limit) {
    return ofArrivals(
        events.stream().map(event -> new Arrival(Duration.ZERO, event)).toList(), limit);
  }

  /**
   * Prepares a simulation of one round whose events arrive at these times.
   *
   * @param arrivals at least one, in any order; those of the same time are published in this order
   * @throws IllegalArgumentException if there are none
   */
  public static Builder ofArrivals(Collection<Arrival> arrivals, RateLimit limit) {
    return ofRounds(List.of(List.copyOf(arrivals)), Arrival.LATEST, limit);
  }

  /**
   * Prepares a simulation of several rounds, which begin at equal distances. A round that is late
   * goes on beside the next one.
   *
   * @param rounds the arrivals of each, at least one in all of them together. Times count from the
   *     start of the round. An event whose id is unfinished at that time is not published again
   * @param every how long from the start of a round to that of the next: more than zero, at most
   *     366 days
   * @throws IllegalArgumentException if there are none, or the distance is outside its range
   */
  public static Builder ofRounds(List<List<Arrival>> rounds, Duration every, RateLimit limit) {
    return new Builder(rounds, every, limit);
  }

  /** Runs it from start to end, in the calling thread. */
  public Result run() {
    return new SimulationRun(this).run();
  }

  /** Configures a simulation. Not thread-safe. */
  public static final class Builder {
    private final List<List<Arrival>> rounds;
    private final Duration every;
    private final RateLimit limit;
    private Limits limits = Limits.none();
    private RoundTerms terms = RoundTerms.DEFAULT;
    private Policies policies = (round, earlier) -> ScalingPolicy.standard();
    private Optional<RoundForecast> forecast = Optional.empty();
    private RetryPolicy retryPolicy = RetryPolicy.DEFAULT;
    private ApiBehavior behavior = ApiBehavior.of(SimulatedFaults.NONE);
    private double realTime = 1;
    private Duration workerStartup = Duration.ZERO;
    private Duration longest = Requirements.LONGEST;
    private final List<Change> changes = new ArrayList<>();
    private final List<RateLimit> normalLimits = new ArrayList<>();

    private Builder(List<List<Arrival>> rounds, Duration every, RateLimit limit) {
      this.rounds =
          rounds.stream()
              .map(round -> round.stream().sorted(Comparator.comparing(Arrival::at)).toList())
              .toList();
      this.every = Requirements.positive("distance of rounds", every, Arrival.LATEST);
      this.limit = requireNonNull(limit, "limit");
      this.normalLimits.add(limit);
      if (this.rounds.stream().allMatch(List::isEmpty)) {
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
      requireNonNull(newPolicy, "policy");
      return policies((round, earlier) -> newPolicy);
    }

    /** Chooses a policy for each round, in place of one for all of them. */
    @CanIgnoreReturnValue
    public Builder policies(Policies newPolicies) {
      this.policies = requireNonNull(newPolicies, "policies");
      return this;
    }

    /**
     * Sets what is forecast of the first round, as an engine with a history knows it; nothing by
     * default. Without effect if the forecast is {@linkplain RoundForecast#distrust not to be
     * relied on}.
     */
    @CanIgnoreReturnValue
    public Builder forecast(RoundForecast newForecast) {
      this.forecast = Optional.of(newForecast);
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
      return behavior(ApiBehavior.of(newFaults));
    }

    /** Sets what the API does, in place of faults. What is expected of it is part of the terms. */
    @CanIgnoreReturnValue
    public Builder behavior(ApiBehavior newBehavior) {
      this.behavior = requireNonNull(newBehavior, "behavior");
      return this;
    }

    /**
     * Sets how long it takes until a worker that is wanted is there, as a process that starts; not
     * at all by default. The first ones are there at the start.
     *
     * @throws IllegalArgumentException if the time is negative
     */
    @CanIgnoreReturnValue
    public Builder workerStartup(Duration startup) {
      this.workerStartup = Requirements.notNegative("start of a worker", startup);
      return this;
    }

    /**
     * Ends the simulation at the latest after so long, whatever is unfinished then. By default it
     * goes on until nothing is.
     *
     * @throws IllegalArgumentException if the time is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder atMost(Duration newLongest) {
      this.longest = Requirements.positive("longest time", newLongest);
      return this;
    }

    /**
     * Changes the normal limit at a time.
     *
     * @param at from the start of the simulation: 0 or more
     * @throws IllegalArgumentException if the time is negative
     */
    @CanIgnoreReturnValue
    public Builder changeLimit(Duration at, RateLimit newLimit) {
      requireNonNull(newLimit, "newLimit");
      normalLimits.add(newLimit);
      return change(at, queue -> queue.limitControl().changeLimit(newLimit));
    }

    /**
     * Sets a named limit at a time, as {@link io.ratelimit.core.queue.NamedLimitControl#set} does.
     *
     * @param at from the start of the simulation: 0 or more
     * @throws IllegalArgumentException if the time is negative
     */
    @CanIgnoreReturnValue
    public Builder changeNamedLimit(Duration at, NamedLimit newLimit) {
      requireNonNull(newLimit, "newLimit");
      return change(at, queue -> queue.namedLimitControl().set(newLimit));
    }

    /**
     * Pauses all starts for a time, as an API does that says when to come back.
     *
     * @param at from the start of the simulation: 0 or more
     * @param duration more than zero
     * @throws IllegalArgumentException if one of them is outside its range
     */
    @CanIgnoreReturnValue
    public Builder pause(Duration at, Duration duration) {
      Requirements.positive("length of a pause", duration);
      return change(at, queue -> queue.limitControl().pauseFor(duration));
    }

    @CanIgnoreReturnValue
    private Builder change(Duration at, Consumer<EventQueue> change) {
      changes.add(new Change(Requirements.notNegative("time of a change", at), change));
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
     * @throws IllegalArgumentException if the emergency limit is slower than the limit, at the
     *     start or after a change
     */
    public Simulation build() {
      for (RateLimit normal : normalLimits) {
        RateLimit unused = terms.fastest(normal);
      }
      return new Simulation(this);
    }
  }

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
}
