package io.ratelimit.temporal;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What can be chosen about one manager. Immutable; start from {@link #round()} or {@link
 * #continuous()}.
 *
 * @param mode one round, or a service that runs on
 * @param deadline in which time a round, or in a service each event, is to be done: more than zero
 * @param workers how many lanes there may be
 * @param emergencyLimit how far the limit may be raised when the deadline is in danger; empty:
 *     never
 * @param expectations what is expected to go wrong, so that it is planned for
 * @param decisionInterval how often the scaling is decided while there is work: more than zero
 * @param idleInterval the same while there is none, and how long a lane of a service waits for an
 *     event before its activity ends: more than zero
 * @param eventsPerActivity how many events one activity handles: 1 to {@value #MOST_EVENTS}. With 1
 *     every event is an activity of its own in the Temporal UI, at six entries of history each,
 *     which suits limits up to about one event a second
 * @param shutdownGrace how long events in hand may be finished when the manager stops: 0 or more
 * @param decisionsPerRun after how many decisions the workflow continues as new: at least 0; 0:
 *     when the server suggests it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ManagerOptions(
    Mode mode,
    Duration deadline,
    WorkerRange workers,
    Optional<RateLimit> emergencyLimit,
    Expectations expectations,
    @JsonProperty("tick") Duration decisionInterval,
    @JsonProperty("idleTick") Duration idleInterval,
    int eventsPerActivity,
    @JsonProperty("grace") Duration shutdownGrace,
    @JsonProperty("ticksPerRun") int decisionsPerRun) {

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
   * Creates options.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public ManagerOptions {
    requireNonNull(mode, "mode");
    requireNonNull(workers, "workers");
    requireNonNull(emergencyLimit, "emergencyLimit");
    requireNonNull(expectations, "expectations");
    deadline = Requirements.positive("deadline", deadline);
    decisionInterval = Requirements.positive("decision interval", decisionInterval);
    idleInterval = Requirements.positive("idle interval", idleInterval);
    Requirements.between("number of events per activity", eventsPerActivity, 1, MOST_EVENTS);
    shutdownGrace = Requirements.notNegative("shutdown grace", shutdownGrace);
    Requirements.atLeast("number of decisions per run", decisionsPerRun, 0);
  }

  /** One round: 3 minutes, 1 to 10 workers, the limit never raised, one event per activity. */
  public static ManagerOptions round() {
    return new ManagerOptions(
        Mode.ROUND,
        Duration.ofMinutes(3),
        WorkerRange.DEFAULT,
        Optional.empty(),
        Expectations.NONE,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        1,
        Duration.ofSeconds(30),
        0);
  }

  /** A service that runs on, with the defaults of {@link #round()}. */
  public static ManagerOptions continuous() {
    return round().with(fields -> fields.mode = Mode.CONTINUOUS);
  }

  /**
   * These options with another deadline.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public ManagerOptions withDeadline(Duration newDeadline) {
    return with(fields -> fields.deadline = newDeadline);
  }

  /**
   * These options with another range of workers.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public ManagerOptions withWorkers(int min, int max) {
    return with(fields -> fields.workers = new WorkerRange(min, max));
  }

  /** These options with an emergency limit. */
  public ManagerOptions withEmergencyLimit(RateLimit limit) {
    return with(fields -> fields.emergencyLimit = Optional.of(limit));
  }

  /** These options with other expectations. */
  public ManagerOptions withExpectations(Expectations newExpectations) {
    return with(fields -> fields.expectations = newExpectations);
  }

  /**
   * These options with other intervals between decisions, with work and without.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public ManagerOptions withDecisionIntervals(Duration newInterval, Duration newIdleInterval) {
    return with(
        fields -> {
          fields.decisionInterval = newInterval;
          fields.idleInterval = newIdleInterval;
        });
  }

  /**
   * These options with another number of events per activity.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public ManagerOptions withEventsPerActivity(int events) {
    return with(fields -> fields.eventsPerActivity = events);
  }

  /**
   * These options with another grace period.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public ManagerOptions withShutdownGrace(Duration newGrace) {
    return with(fields -> fields.shutdownGrace = newGrace);
  }

  /**
   * These options with another number of decisions per run.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public ManagerOptions withDecisionsPerRun(int decisions) {
    return with(fields -> fields.decisionsPerRun = decisions);
  }

  private ManagerOptions with(Consumer<Fields> change) {
    Fields fields = new Fields(this);
    change.accept(fields);
    return fields.options();
  }

  /** The same values, to be changed before they become options again. */
  private static final class Fields {
    private Mode mode;
    private Duration deadline;
    private WorkerRange workers;
    private Optional<RateLimit> emergencyLimit;
    private Expectations expectations;
    private Duration decisionInterval;
    private Duration idleInterval;
    private int eventsPerActivity;
    private Duration shutdownGrace;
    private int decisionsPerRun;

    Fields(ManagerOptions options) {
      this.mode = options.mode;
      this.deadline = options.deadline;
      this.workers = options.workers;
      this.emergencyLimit = options.emergencyLimit;
      this.expectations = options.expectations;
      this.decisionInterval = options.decisionInterval;
      this.idleInterval = options.idleInterval;
      this.eventsPerActivity = options.eventsPerActivity;
      this.shutdownGrace = options.shutdownGrace;
      this.decisionsPerRun = options.decisionsPerRun;
    }

    ManagerOptions options() {
      return new ManagerOptions(
          mode,
          deadline,
          workers,
          emergencyLimit,
          expectations,
          decisionInterval,
          idleInterval,
          eventsPerActivity,
          shutdownGrace,
          decisionsPerRun);
    }
  }
}
