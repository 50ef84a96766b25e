package io.ratelimit.temporal.manager;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Optional;

/**
 * Configures one manager. Immutable; start from {@link #round()} or {@link #continuous()}.
 *
 * @param queue the name of the manager's queue; empty for the queue of the first worker that serves
 *     the manager
 * @param mode one round, or a service that runs until it is stopped
 * @param terms the deadline of a round or, in a service, of each event, and what the manager may
 *     use
 * @param idleInterval the longest time between a service's decisions while there is no work: more
 *     than zero. It notices a publication within 2 seconds in any case
 * @param eventsPerActivity how many events one activity handles: 1 to {@value #MOST_EVENTS}. With
 *     1, every event is a separate activity in the Temporal UI, with up to six history entries. If
 *     empty, each decision chooses as many as take about 10 seconds, by the limit and by how long
 *     events take, so slow events have separate activities and fast ones leave little history
 * @param shutdownGrace how long events in hand may continue when the manager stops: 0 or more
 * @param decisionsPerRun after how many decisions the workflow continues as new: at least 0; 0:
 *     when the server suggests it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ManagerOptions(
    Optional<String> queue,
    Mode mode,
    RoundTerms terms,
    Duration idleInterval,
    Optional<Integer> eventsPerActivity,
    Duration shutdownGrace,
    int decisionsPerRun) {

  /** When a manager ends. */
  public enum Mode {
    /** When nothing is unfinished, or at the deadline. */
    ROUND,
    /** When it is stopped. */
    CONTINUOUS
  }

  /** The largest number of events in one activity. */
  public static final int MOST_EVENTS = 1_000;

  /**
   * The maximum number of workers of one manager, because the data that Temporal keeps for each
   * adds up.
   */
  public static final int MOST_WORKERS = 500;

  // Whoever writes Java gets to see it for a null, too.
  private static final String OTHER_FORM =
      "options of a manager need mode, terms, idleInterval and shutdownGrace, but one"
          + " is missing: if another version wrote them, start a manager with options of"
          + " this version";

  /**
   * Creates options.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public ManagerOptions {
    requireNonNull(queue, "queue");
    requireNonNull(mode, OTHER_FORM);
    requireNonNull(terms, OTHER_FORM);
    requireNonNull(idleInterval, OTHER_FORM);
    requireNonNull(shutdownGrace, OTHER_FORM);
    Requirements.between("most workers of a manager", terms.workers().max(), 1, MOST_WORKERS);
    idleInterval = Requirements.positive("idle interval", idleInterval);
    requireNonNull(eventsPerActivity, "eventsPerActivity");
    eventsPerActivity.ifPresent(
        events -> Requirements.between("number of events per activity", events, 1, MOST_EVENTS));
    shutdownGrace = Requirements.notNegative("shutdown grace", shutdownGrace);
    Requirements.atLeast("number of decisions per run", decisionsPerRun, 0);
  }

  /**
   * Returns the options of one round: {@link RoundTerms#DEFAULT}, but with a decision every 5
   * seconds, because each costs an activity, and with as many events per activity as take about 10
   * seconds.
   */
  public static ManagerOptions round() {
    return new ManagerOptions(
        Optional.empty(),
        Mode.ROUND,
        RoundTerms.DEFAULT.withDecisionInterval(Duration.ofSeconds(5)),
        Duration.ofMinutes(30),
        Optional.empty(),
        Duration.ofSeconds(30),
        0);
  }

  /**
   * Returns the options of a service that runs until it is stopped, with the defaults of {@link
   * #round()}.
   */
  public static ManagerOptions continuous() {
    ManagerOptions round = round();
    return new ManagerOptions(
        Optional.empty(),
        Mode.CONTINUOUS,
        round.terms,
        round.idleInterval,
        round.eventsPerActivity,
        round.shutdownGrace,
        round.decisionsPerRun);
  }

  /**
   * Returns these options for the queue with this name: workers of another queue refuse to work for
   * the manager.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  public ManagerOptions withQueue(String name) {
    return new ManagerOptions(
        Optional.of(Requirements.notBlank("queue", name)),
        mode,
        terms,
        idleInterval,
        eventsPerActivity,
        shutdownGrace,
        decisionsPerRun);
  }

  /** Returns these options with other terms. */
  public ManagerOptions withTerms(RoundTerms newTerms) {
    return new ManagerOptions(
        queue, mode, newTerms, idleInterval, eventsPerActivity, shutdownGrace, decisionsPerRun);
  }

  /**
   * Returns these options with another deadline.
   *
   * @throws IllegalArgumentException if it is not more than zero
   */
  public ManagerOptions withDeadline(Duration newDeadline) {
    return withTerms(terms.withDeadline(newDeadline));
  }

  /**
   * Returns these options with another range of workers.
   *
   * @throws IllegalArgumentException unless 1 ≤ min ≤ max ≤ {@value #MOST_WORKERS}
   */
  public ManagerOptions withWorkers(int min, int max) {
    return withTerms(terms.withWorkers(new WorkerRange(min, max)));
  }

  /** Returns these options with an emergency limit. */
  public ManagerOptions withEmergencyLimit(RateLimit limit) {
    return withTerms(terms.withEmergencyLimit(limit));
  }

  /** Returns these options with other expectations. */
  public ManagerOptions withExpectations(Expectations newExpectations) {
    return withTerms(terms.withExpectations(newExpectations));
  }

  /**
   * Returns these options with other intervals between decisions, with work and without.
   *
   * @throws IllegalArgumentException if one is not more than zero
   */
  public ManagerOptions withDecisionIntervals(Duration newInterval, Duration newIdleInterval) {
    return new ManagerOptions(
        queue,
        mode,
        terms.withDecisionInterval(newInterval),
        newIdleInterval,
        eventsPerActivity,
        shutdownGrace,
        decisionsPerRun);
  }

  /**
   * Returns these options with a fixed number of events per activity.
   *
   * @throws IllegalArgumentException if it is not 1 to {@value #MOST_EVENTS}
   */
  public ManagerOptions withEventsPerActivity(int events) {
    return new ManagerOptions(
        queue, mode, terms, idleInterval, Optional.of(events), shutdownGrace, decisionsPerRun);
  }

  /**
   * Returns these options with another grace period.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public ManagerOptions withShutdownGrace(Duration newGrace) {
    return new ManagerOptions(
        queue, mode, terms, idleInterval, eventsPerActivity, newGrace, decisionsPerRun);
  }

  /**
   * Returns these options with another number of decisions per run.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public ManagerOptions withDecisionsPerRun(int decisions) {
    return new ManagerOptions(
        queue, mode, terms, idleInterval, eventsPerActivity, shutdownGrace, decisions);
  }
}
