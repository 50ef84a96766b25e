package io.ratelimit.http.feedback;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.Statuses;
import io.ratelimit.http.answer.Verdict;
import io.ratelimit.http.quota.RemoteQuota;
import io.ratelimit.http.quota.RemoteQuota.Policy;
import io.ratelimit.http.quota.RemoteQuota.Remaining;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides what an answer means for a queue's limit. A pure function; any number of processes may
 * use it on one queue, and they agree: what they set is either what the API declared or derived
 * from the limit that all of them see, and each waits for quiet after a change by any of them.
 *
 * <ul>
 *   <li>A policy that the limit could break lowers it at once.
 *   <li>An answer that says that requests come too fast, like a 429, halves it, once for all
 *       requests that were on their way, whatever policy is declared: somebody else may spend of
 *       the same quota. A ban makes it an eighth.
 *   <li>When nothing happened for the quiet time, the limit rises by half, up to what the API
 *       allows, and never above what somebody set.
 *   <li>When more would start than is left, everything pauses; so it does when an answer to a
 *       request that was done has {@code Retry-After}.
 * </ul>
 *
 * <p>A limit with other permits than it should have was set by somebody: that is the ceiling from
 * then on. So the latest explicit change wins.
 *
 * @param quiet after which time without a change the limit may rise
 */
public record QuotaPolicy(Duration quiet) {

  /** Longer windows are budgets: spent on demand until nothing is left. */
  static final Duration LONGEST_PACED_WINDOW = Duration.ofMinutes(10);

  private static final int SLOWED_BY_A_REFUSAL = 2;
  private static final int SLOWED_BY_A_BAN = 8;

  /** How much slower than the ceiling 429s alone may make a limit. */
  private static final int MOST_SLOWED = 64;

  /** APIs round up to seconds. */
  private static final Duration ROUNDING = Duration.ofSeconds(1);

  private static final long NANOS = 1_000_000_000L;

  /**
   * A decision.
   *
   * @param state what is remembered
   * @param actions what is done, in this order
   */
  public record Decision(QuotaState state, List<QuotaAction> actions) {}

  /**
   * Decides.
   *
   * @param verdict what the answer means
   */
  public Decision decide(
      QuotaState before, LimitSettings settings, Answer answer, Verdict verdict) {
    if (verdict instanceof Verdict.Pause pause && pause.scope() == Verdict.Scope.KEY) {
      // This is one key's quota, but the limit is everyone's.
      return new Decision(before, List.of());
    }
    Instant now = answer.answeredAt();
    RateLimit limit = settings.normal();
    QuotaState state =
        Slowdown.isFormOf(limit, before.ceiling()) ? before : before.withCeiling(limit);
    state = state.lookingFirst(limit, answer.sentAt()).seeing(limit, now);
    List<Policy> policies = paced(answer.quota());
    if (!policies.isEmpty()) {
      state = state.withAllowed(allowed(state.ceiling(), policies));
    }
    // Requests from before the limit changed say nothing about the current limit.
    boolean tooFast = verdict.isTooFast() && answer.sentAt().isAfter(state.changedAt());
    RateLimit wanted = wanted(state, limit, tooFast ? slowdown(verdict) : 1, now);
    List<QuotaAction> actions = new ArrayList<>();
    Stream.concat(
            pause(answer.quota(), settings.isEmergency(now) ? settings.inForce(now) : wanted)
                .stream(),
            pauseAfterDone(answer, verdict).stream())
        .max(Duration::compareTo)
        .ifPresent(pause -> actions.add(new QuotaAction.Pause(pause)));
    if (!wanted.equals(limit)) {
      actions.add(new QuotaAction.ChangeLimit(wanted));
      state = state.seeing(wanted, now);
    } else if (verdict.isTooFast()) {
      state = state.disturbedAt(now);
    }
    return new Decision(state, List.copyOf(actions));
  }

  private static int slowdown(Verdict verdict) {
    return verdict instanceof Verdict.Pause pause && pause.cause() == Verdict.Cause.BANNED
        ? SLOWED_BY_A_BAN
        : SLOWED_BY_A_REFUSAL;
  }

  /** Returns the pause after a success; with 202, Retry-After only concerns that request. */
  private static Optional<Duration> pauseAfterDone(Answer answer, Verdict verdict) {
    return verdict instanceof Verdict.Done && answer.status() != Statuses.ACCEPTED
        ? answer.quota().retryAfter().filter(time -> !time.isZero())
        : Optional.empty();
  }

  private static List<Policy> paced(RemoteQuota quota) {
    return quota.policies().stream()
        .filter(policy -> policy.window().compareTo(LONGEST_PACED_WINDOW) <= 0)
        .toList();
  }

  private static RateLimit allowed(RateLimit ceiling, List<Policy> policies) {
    return policies.stream()
        .map(policy -> Slowdown.obeying(policy, ceiling))
        .reduce(ceiling, QuotaPolicy::slower);
  }

  private static RateLimit slower(RateLimit one, RateLimit other) {
    if (one.isFasterThan(other)) {
      return other;
    }
    return other.isFasterThan(one) || one.burst() == 1 ? one : other;
  }

  private RateLimit wanted(QuotaState state, RateLimit limit, int slowdown, Instant now) {
    RateLimit allowed = state.allowed();
    if (limit.isFasterThan(allowed) || (limit.burst() > 1 && allowed.burst() == 1)) {
      return allowed;
    }
    if (slowdown > 1) {
      return slower(limit, slowed(limit, slowdown, state.ceiling()));
    }
    boolean quietLongEnough = !now.isBefore(state.quietSince().plus(quiet));
    return allowed.equals(limit) || !quietLongEnough ? limit : raised(limit, allowed);
  }

  private static RateLimit slowed(RateLimit limit, int slowdown, RateLimit ceiling) {
    RateLimit slowed = Slowdown.times(limit, slowdown, 1);
    RateLimit slowest = Slowdown.times(ceiling, MOST_SLOWED, 1);
    return slowest.isFasterThan(slowed) ? slowest : slowed;
  }

  /** Raises the limit by half, at most to the allowed one. */
  private static RateLimit raised(RateLimit limit, RateLimit allowed) {
    RateLimit raised = Slowdown.times(limit, 2, 3);
    return allowed.isFasterThan(raised) ? raised : allowed;
  }

  /**
   * Returns how long to pause so that the rest of the quota lasts. A budget is spent first;
   * otherwise, this is for limits that are about to be lowered, or shared with others.
   */
  private static Optional<Duration> pause(RemoteQuota quota, RateLimit limit) {
    return quota.remaining().stream()
        .flatMap(left -> pause(left, isPaced(left, quota), limit).stream())
        .max(Duration::compareTo);
  }

  private static boolean isPaced(Remaining left, RemoteQuota quota) {
    List<Duration> windows =
        quota.policies().stream()
            .filter(policy -> policy.name().equals(left.name()))
            .map(Policy::window)
            .toList();
    return !windows.isEmpty()
        && windows.stream().allMatch(window -> window.compareTo(LONGEST_PACED_WINDOW) <= 0);
  }

  private static Optional<Duration> pause(Remaining left, boolean paced, RateLimit limit) {
    if (left.reset().isEmpty() || (left.requests() > 0 && !paced)) {
      return Optional.empty();
    }
    Duration reset = left.reset().get();
    BigDecimal perPermit = BigDecimal.valueOf(limit.secondsPerPermit());
    BigDecimal planned = seconds(reset.minus(ROUNDING)).divide(perPermit, 0, RoundingMode.FLOOR);
    if (planned.compareTo(BigDecimal.valueOf(left.requests())) <= 0) {
      return Optional.empty();
    }
    BigDecimal needed = perPermit.multiply(BigDecimal.valueOf(left.requests()));
    return Optional.of(reset.minusNanos(needed.multiply(BigDecimal.valueOf(NANOS)).longValue()));
  }

  private static BigDecimal seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toSeconds())
        .add(BigDecimal.valueOf(duration.toNanosPart(), 9));
  }
}
