package io.ratelimit.core.scaling;

import io.ratelimit.core.limit.RateLimit;
import java.util.Optional;

/**
 * As many workers as the work needs to be done in time, but no more than the limit can feed:
 *
 * <pre>
 * eventsPerWorkerPerMinute = 60 s / mean processing time
 * required    = ceil(events / (eventsPerWorkerPerMinute × minutes left))
 * rateLimited = ceil(limit per minute / eventsPerWorkerPerMinute)
 * optimal     = min(required, rateLimited)
 * </pre>
 *
 * <p>For example, 108 events of 10 s in 3 minutes at 20/min: required 6, rate-limited 4, optimal 4.
 * The second line is Little's law: a rate times the time each takes is how many are in progress.
 * Events in progress count as work, required is at least what keeps up with the arrivals, and
 * expected retries and slow attempts are counted in.
 *
 * <p>The limit is the one in {@link ScalingInput#normalLimit()}. The worker range is not applied
 * here: see {@link ClampPolicy}.
 */
public final class DemandPolicy implements ScalingPolicy {

  /** Creates the policy. */
  public DemandPolicy() {}

  @Override
  public ScalingDecision decide(ScalingInput input) {
    return decideAt(input.normalLimit(), Mode.NORMAL, input);
  }

  static ScalingDecision decideAt(RateLimit limit, Mode mode, ScalingInput input) {
    Projection projection = new Projection(input);
    int required = required(projection, input);
    int rateLimited = rateLimited(limit, projection.meanSeconds());
    int optimal = Math.min(required, rateLimited);
    return new ScalingDecision(
        input.now(),
        optimal,
        limit,
        mode,
        required > rateLimited ? Constraint.RATE : Constraint.WORK,
        required > rateLimited ? Reason.LIMIT_IS_BOTTLENECK : Reason.ENOUGH_FOR_DEADLINE,
        required,
        rateLimited,
        Seconds.toDuration(
            Math.max(
                projection.finishAtRate(limit),
                projection.finishWithWorkers(input.workers().clamp(optimal)))),
        input.timeLeft(),
        Optional.empty());
  }

  private static int required(Projection projection, ScalingInput input) {
    double left = Workload.seconds(input.timeLeft());
    double work = projection.workSeconds();
    int forBacklog = work == 0 ? 0 : left <= 0 ? Integer.MAX_VALUE : Projection.ceil(work / left);
    int forArrivals =
        Projection.ceil(
            input.arrivalsPerMinute()
                / 60
                * input.expectations().attemptsPerEvent()
                * projection.meanSeconds());
    return Math.max(forBacklog, forArrivals);
  }

  /** How many workers a limit can feed when each event takes so long. */
  static int rateLimited(RateLimit limit, double secondsEach) {
    return Math.max(1, Projection.ceil(secondsEach / limit.secondsPerPermit()));
  }
}
