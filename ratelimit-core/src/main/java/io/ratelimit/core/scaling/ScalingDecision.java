package io.ratelimit.core.scaling;

import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How many workers there are to be, and under which limit.
 *
 * @param at when it was decided
 * @param workers how many workers there are to be
 * @param limit the limit that is to be in force
 * @param mode whether that limit is raised
 * @param constraint what keeps the work from being finished sooner
 * @param reason the decisive reason
 * @param requiredWorkers how many workers the work needs to be done in time, whatever the limit
 * @param rateLimitedWorkers how many workers the limit can feed
 * @param projectedFinish how long from now the work takes at most under this decision, with the
 *     confidence that was asked for
 * @param timeLeft how long from now the deadline is
 * @param confidence how probable it is that the deadline is met under this decision, 0 to 1
 * @param fewerSince since when fewer workers would have done, if they would
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
    Optional<Instant> fewerSince) {

  /** A deadline that is met with this is no news, even if more was asked for. */
  private static final double NEARLY_SURE = 0.99;

  /** This decision with another number of workers, for a reason. */
  public ScalingDecision withWorkers(int newWorkers, Constraint newConstraint, Reason newReason) {
    return with(newWorkers, newConstraint, newReason, projectedFinish, confidence, fewerSince);
  }

  /** This decision with another projection. */
  ScalingDecision withProjection(Duration newProjectedFinish, double newConfidence) {
    return with(workers, constraint, reason, newProjectedFinish, newConfidence, fewerSince);
  }

  /**
   * This decision while starts are paused until somebody resumes them: it asks for the same, but
   * nobody knows that the deadline is met, or when all will be done.
   */
  public ScalingDecision pausedUntilResumed() {
    return reason == Reason.QUEUE_EMPTY
        ? this
        : with(workers, constraint, Reason.DEADLINE_OUT_OF_REACH, Seconds.LONGEST, 0, fewerSince);
  }

  /** This decision with the note since when fewer workers would have done. */
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
        newFewerSince);
  }

  /**
   * Whether two decisions ask for the same and promise the same: workers, limit, mode, and whether
   * the deadline is met, and whether there is work. For which reason a deadline is met makes no
   * difference: where several hold, they come and go.
   */
  public boolean asksTheSameAs(ScalingDecision other) {
    return workers == other.workers
        && limit.equals(other.limit)
        && mode == other.mode
        && news().equals(other.news());
  }

  /** The reason where it tells of more than workers and limit do. */
  private Optional<Reason> news() {
    boolean told =
        switch (reason) {
          case DEADLINE_OUT_OF_REACH, QUEUE_EMPTY -> true;
          case DEADLINE_UNSURE -> confidence < NEARLY_SURE;
          case ENOUGH_FOR_DEADLINE,
              LIMIT_IS_BOTTLENECK,
              WORKERS_ARE_BOTTLENECK,
              DEADLINE_IN_DANGER,
              WAITING_FOR_QUIET,
              FIXED ->
              false;
        };
    return told ? Optional.of(reason) : Optional.empty();
  }

  /** The decision and its reason as a sentence. */
  public String explanation() {
    String what = workers + (workers == 1 ? " worker" : " workers") + " at " + limit + ": ";
    return what
        + switch (reason) {
          case QUEUE_EMPTY -> "queue empty";
          case ENOUGH_FOR_DEADLINE -> "enough for the deadline";
          case LIMIT_IS_BOTTLENECK ->
              "limit is the bottleneck (" + requiredWorkers + " would be required without it)";
          case WORKERS_ARE_BOTTLENECK -> "workers are the bottleneck" + wouldBeUsed();
          case DEADLINE_IN_DANGER -> "limit above normal, to meet the deadline with " + percent();
          case DEADLINE_UNSURE -> "deadline met with " + percent() + " only";
          case DEADLINE_OUT_OF_REACH ->
              projectedFinish.equals(Seconds.LONGEST)
                  ? "deadline out of reach: nothing starts until it is resumed"
                  : "deadline out of reach: projected "
                      + seconds(projectedFinish)
                      + ", left "
                      + seconds(timeLeft);
          case WAITING_FOR_QUIET -> "fewer would do, waiting for a quiet time";
          case FIXED -> "fixed number of workers";
        };
  }

  /** Rounded down: what is nearly sure is not said to be. */
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
}
