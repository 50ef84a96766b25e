package io.ratelimit.core.scaling;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import java.util.Map;
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
 * The rate-limited number is Little's law: the rate times the time of each event is the number in
 * progress. Events in progress count as work, and required is at least what keeps up with the
 * arrivals. The work is the amount that is not exceeded with the confidence, including retries and
 * slow attempts.
 *
 * <p>The limit is the one in {@link ScalingInput#normalLimit()}. The worker range is not applied
 * here: see {@link ClampPolicy}.
 */
final class DemandPolicy implements ScalingPolicy {

  @Override
  public ScalingDecision decide(ScalingInput input) {
    return decideAt(input.normalLimit(), Mode.NORMAL, 0, Outlook.of(input), input);
  }

  /** Decides under a limit, with at least this many workers. */
  static ScalingDecision decideAt(
      RateLimit limit, Mode mode, int least, Outlook outlook, ScalingInput input) {
    int required = outlook.requiredWorkers();
    int rateLimited = outlook.rateLimitedWorkers(limit);
    int optimal = Math.max(least, Math.min(required, rateLimited));
    int workers = input.workers().clamp(optimal);
    Optional<LimitKey> binding = outlook.binding(limit, workers);
    boolean isLimited = required > rateLimited || binding.isPresent();
    return new ScalingDecision(
        input.now(),
        optimal,
        limit,
        mode,
        isLimited ? Constraint.RATE : Constraint.WORK,
        isLimited ? Reason.LIMIT_IS_BOTTLENECK : Reason.ENOUGH_FOR_DEADLINE,
        required,
        rateLimited,
        Seconds.toDuration(outlook.finishSeconds(limit, workers)),
        input.timeLeft(),
        outlook.confidence(limit, workers),
        Optional.empty(),
        binding,
        Map.of());
  }
}
