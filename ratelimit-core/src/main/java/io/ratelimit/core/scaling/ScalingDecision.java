package io.ratelimit.core.scaling;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The decision how many workers there should be, and under which limit.
 *
 * @param at when it was decided
 * @param workers how many workers there should be
 * @param limit the limit that should be in force
 * @param mode whether that limit is raised
 * @param constraint what keeps the work from being finished sooner
 * @param reason the decisive reason
 * @param requiredWorkers how many workers are needed to finish in time, regardless of the limit
 * @param rateLimitedWorkers how many workers the limit can feed
 * @param projectedFinish how long from now the work takes at most under this decision, with the
 *     requested confidence
 * @param timeLeft how long until the deadline
 * @param confidence how probable it is that the deadline is met under this decision, 0 to 1
 * @param fewerSince since when fewer workers would have sufficed, if so
 * @param binding the key of the named limit that keeps the work from finishing sooner, if {@code
 *     constraint} is {@link Constraint#RATE}; empty for the queue's own limit
 * @param raised the windows that named limits should have instead of their own, by name
 */
public record ScalingDecision(
    Instant at,
    int workers,
    RateLimit limit,
    Mode mode,
    Constraint constraint,
    Reason reason,
    int requiredWorkers,
    int rateLimitedWorkers,
    Duration projectedFinish,
    Duration timeLeft,
    double confidence,
    Optional<Instant> fewerSince,
    Optional<LimitKey> binding,
    Map<String, List<RateLimit>> raised) {

  /**
   * A deadline that is met with this confidence is not worth reporting, even if more was requested.
   */
  private static final double NEARLY_SURE = 0.99;

  /** Copies the map. */
  public ScalingDecision {
    raised = Map.copyOf(raised);
  }

  /**
   * A decision about a queue without named limits.
   *
   * @see ScalingDecision
   */
  public ScalingDecision(
      Instant at,
      int workers,
      RateLimit limit,
      Mode mode,
      Constraint constraint,
      Reason reason,
      int requiredWorkers,
      int rateLimitedWorkers,
      Duration projectedFinish,
      Duration timeLeft,
      double confidence,
      Optional<Instant> fewerSince) {
    this(
        at,
        workers,
        limit,
        mode,
        constraint,
        reason,
        requiredWorkers,
        rateLimitedWorkers,
        projectedFinish,
        timeLeft,
        confidence,
        fewerSince,
        Optional.empty(),
        Map.of());
  }

  /** Returns this decision with another number of workers, for a reason. */
  public ScalingDecision withWorkers(int newWorkers, Constraint newConstraint, Reason newReason) {
    return with(newWorkers, newConstraint, newReason, projectedFinish, confidence, fewerSince);
  }

  /** Returns this decision with another projection. */
  ScalingDecision withProjection(Duration newProjectedFinish, double newConfidence) {
    return with(workers, constraint, reason, newProjectedFinish, newConfidence, fewerSince);
  }

  /**
   * Returns this decision for starts that are paused indefinitely: it asks for the same, but it is
   * unknown whether the deadline is met and when all work will be done.
   */
  public ScalingDecision pausedUntilResumed() {
    return reason == Reason.QUEUE_EMPTY
        ? this
        : with(workers, constraint, Reason.DEADLINE_OUT_OF_REACH, Seconds.LONGEST, 0, fewerSince);
  }

  /** Returns this decision with the time since when fewer workers would have sufficed. */
  public ScalingDecision withFewerSince(Optional<Instant> since) {
    return with(workers, constraint, reason, projectedFinish, confidence, since);
  }

  private ScalingDecision with(
      int newWorkers,
      Constraint newConstraint,
      Reason newReason,
      Duration newProjectedFinish,
      double newConfidence,
      Optional<Instant> newFewerSince) {
    return new ScalingDecision(
        at,
        newWorkers,
        limit,
        mode,
        newConstraint,
        newReason,
        requiredWorkers,
        rateLimitedWorkers,
        newProjectedFinish,
        timeLeft,
        newConfidence,
        newFewerSince,
        newConstraint == Constraint.RATE ? binding : Optional.empty(),
        raised);
  }

  /** Returns this decision with named limits raised. */
  ScalingDecision raising(Map<String, List<RateLimit>> windows) {
    return new ScalingDecision(
        at,
        workers,
        limit,
        windows.isEmpty() ? mode : Mode.EMERGENCY,
        constraint,
        reason,
        requiredWorkers,
        rateLimitedWorkers,
        projectedFinish,
        timeLeft,
        confidence,
        fewerSince,
        binding,
        windows);
  }

  /**
   * Returns whether two decisions ask for and promise the same: workers, limit, mode, whether the
   * deadline is met, and whether there is work. The reason why a deadline is met makes no
   * difference, because several reasons may alternate.
   */
  public boolean asksTheSameAs(ScalingDecision other) {
    return workers == other.workers
        && limit.equals(other.limit)
        && raised.equals(other.raised)
        && mode == other.mode
        && news().equals(other.news());
  }

  /** Returns the reason, if it says more than workers and limit. */
  private Optional<Reason> news() {
    boolean told =
        switch (reason) {
          case DEADLINE_OUT_OF_REACH, QUEUE_EMPTY, KEYS_NOT_KNOWN -> true;
          case DEADLINE_UNSURE -> confidence < NEARLY_SURE;
          case ENOUGH_FOR_DEADLINE,
              LIMIT_IS_BOTTLENECK,
              WORKERS_ARE_BOTTLENECK,
              DEADLINE_IN_DANGER,
              ARRIVALS_FORECAST,
              WAITING_FOR_QUIET,
              FIXED ->
              false;
        };
    return told ? Optional.of(reason) : Optional.empty();
  }

  /** Returns the decision and its reason as a sentence. */
  public String explanation() {
    String what =
        workers + (workers == 1 ? " worker" : " workers") + " at " + limit + raisedText() + ": ";
    return what
        + switch (reason) {
          case QUEUE_EMPTY -> "queue empty";
          case ENOUGH_FOR_DEADLINE -> "enough for the deadline";
          case LIMIT_IS_BOTTLENECK ->
              binding.map(key -> key + " is the bottleneck").orElse("limit is the bottleneck")
                  + " ("
                  + requiredWorkers
                  + " would be required without it)";
          case WORKERS_ARE_BOTTLENECK -> "workers are the bottleneck" + wouldBeUsed();
          case DEADLINE_IN_DANGER -> "limit above normal, to meet the deadline with " + percent();
          case ARRIVALS_FORECAST -> "more events are forecast to come before the deadline";
          case DEADLINE_UNSURE -> "deadline met with " + percent() + " only";
          case DEADLINE_OUT_OF_REACH ->
              projectedFinish.equals(Seconds.LONGEST)
                  ? "deadline out of reach: nothing starts until it is resumed"
                  : "deadline out of reach: projected "
                      + seconds(projectedFinish)
                      + ", left "
                      + seconds(timeLeft)
                      + binding.map(key -> ", because of " + key).orElse("");
          case KEYS_NOT_KNOWN ->
              "deadline met as far as known: a named limit has more keys than the"
                  + " decision considers";
          case WAITING_FOR_QUIET -> "fewer would suffice, waiting for a quiet time";
          case FIXED -> "fixed number of workers";
        };
  }

  private String raisedText() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(raised)
        .forEach((name, windows) -> text.append(", ").append(name).append(' ').append(windows));
    return text.toString();
  }

  /** Rounds down, so that nearly sure does not become sure. */
  private String percent() {
    return confidence >= 0.9999
        ? "over 99.99 %"
        : String.format(Locale.ROOT, "%.1f %%", Math.floor(confidence * 1_000) / 10);
  }

  private String wouldBeUsed() {
    int more = Math.min(requiredWorkers, rateLimitedWorkers);
    return more > workers ? " (" + more + " would be used)" : "";
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", Workload.seconds(duration));
  }

  /** What keeps the work from finishing sooner. */
  public enum Constraint {
    /** The rate limit: more workers would only wait. */
    RATE,
    /** The number of workers: the limit would allow more. */
    WORKERS,
    /** The amount of work: there is nothing more to do, or nothing more urgent. */
    WORK
  }

  /** Whether the limit is the normal one or a raised one. */
  public enum Mode {
    /** The normal limit. */
    NORMAL,
    /** A raised limit, because the deadline was in danger. */
    EMERGENCY
  }

  /** The decisive reason of a decision. */
  public enum Reason {
    /** Nothing waits and nothing runs. */
    QUEUE_EMPTY,
    /** There are as many workers as the work needs to be done in time. */
    ENOUGH_FOR_DEADLINE,
    /** There are as many workers as the limit can feed. */
    LIMIT_IS_BOTTLENECK,
    /** There are as many workers as are allowed, and they are too few. */
    WORKERS_ARE_BOTTLENECK,
    /** At the normal limit the deadline would be missed; a raised one meets it. */
    DEADLINE_IN_DANGER,
    /** More events are forecast to come before the deadline than wait, and are provided for. */
    ARRIVALS_FORECAST,
    /** The deadline will probably be met, but not with the requested confidence. */
    DEADLINE_UNSURE,
    /**
     * The deadline is met as far as known, but a named limit has more keys than the decision
     * considers, and one of them could miss it.
     */
    KEYS_NOT_KNOWN,
    /**
     * Even the emergency limit, if there is one, and the maximum number of workers miss the
     * deadline.
     */
    DEADLINE_OUT_OF_REACH,
    /** Fewer workers would suffice, but have not sufficed for long enough yet. */
    WAITING_FOR_QUIET,
    /** The number of workers is fixed. */
    FIXED
  }
}
