package io.ratelimit.cli.watch;

import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.temporal.manager.ManagerEnd;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * Finds the condition of a queue and its round; nothing else does. Pure. What is unknown or old
 * never counts as good.
 */
public final class Judgment {

  /** Idle workers take waiting events within moments; this is longer than a moment. */
  private static final Duration UNSTARTED = Duration.ofSeconds(15);

  /** A decision that is overdue by no more than this may just have been slow. */
  private static final Duration SLOW = Duration.ofSeconds(10);

  private static final int MISSED_DECISIONS = 3;
  private static final Duration DECIDES_EVERY = Duration.ofSeconds(10);

  /** Returns the condition of a queue that was read, and of its manager. */
  static Condition of(Freshness freshness, Optional<QueueFacts> queue, ManagerSeen manager) {
    if (freshness.readAt().isEmpty()) {
      return new Condition.Unread(freshness.age(), freshness.error());
    }
    Condition known = known(queue, manager);
    if (freshness.isLive()) {
      return known;
    }
    return freshness
        .error()
        .<Condition>map(
            error ->
                new Condition.Unreachable(freshness.readAt().get(), freshness.age(), error, known))
        .orElseGet(() -> new Condition.Stale(freshness.readAt().get(), freshness.age(), known));
  }

  /** Returns the condition of a manager, from what it says about its queue itself. */
  public static Condition of(ManagerSeen manager) {
    return known(manager.status().flatMap(QueueFacts::of), manager);
  }

  private static Condition known(Optional<QueueFacts> queue, ManagerSeen manager) {
    if (queue.filter(seen -> !seen.conserved()).isPresent()) {
      return new Condition.Unbalanced();
    }
    if (manager instanceof ManagerSeen.Ended ended) {
      return ended(queue, ended);
    }
    if (manager instanceof ManagerSeen.Silent silent) {
      return new Condition.Silent(silent.name(), silent.why());
    }
    if (manager instanceof ManagerSeen.Away away) {
      return new Condition.Away(away.name(), away.error());
    }
    if (manager instanceof ManagerSeen.Unknown unknown) {
      return new Condition.Unknown(unknown.name(), unknown.why());
    }
    Optional<ManagerStatus> status = manager.status();
    if (status.flatMap(ManagerStatus::unreachable).isPresent()) {
      ManagerStatus.Unreachable away = status.get().unreachable().get();
      return new Condition.Blind(away.since(), away.error());
    }
    return queue.map(seen -> working(seen, status)).orElseGet(() -> new Condition.Starting(false));
  }

  private static Condition ended(Optional<QueueFacts> queue, ManagerSeen.Ended ended) {
    if (ended.end().isEmpty()) {
      return switch (ended.how()) {
        case "CANCELED" -> new Condition.Canceled(ended.name(), ended.at());
        case "TERMINATED" -> new Condition.Terminated(ended.name(), ended.at(), ended.why());
        case "FAILED", "TIMED_OUT" ->
            new Condition.Broken(ended.name(), ended.at(), ended.how(), ended.why());
        default -> new Condition.Ended(ended.name(), ended.at());
      };
    }
    ManagerEnd end = ended.end().get();
    if (end.stopped()) {
      return new Condition.Stopped(ended.name(), ended.at(), end);
    }
    if (end.lateness().isPresent()) {
      return new Condition.Missed(ended.name(), ended.at(), end.lateness().get(), end);
    }
    Optional<QueueFacts> more = queue.filter(seen -> seen.unfinished() > 0);
    return more.isPresent()
        ? new Condition.Unmanaged(
            ended.name(), ended.at(), more.get().unfinished(), more.get().atLeast())
        : new Condition.Met(ended.name(), ended.at(), end.deadline().minus(end.elapsed()), end);
  }

  private static Condition working(QueueFacts queue, Optional<ManagerStatus> manager) {
    if (queue.paused()) {
      return new Condition.Paused(queue.pausedUntil(), queue.unfinished());
    }
    if (manager.filter(told -> told.state() == ManagerStatus.State.STOPPING).isPresent()) {
      return new Condition.Stopping(queue.unfinished(), manager.get().workersActive());
    }
    if (queue.unfinished() == 0) {
      return new Condition.Idle(queue.done(), queue.failed());
    }
    if (manager.isPresent() && hasNoWorkers(manager.get(), queue)) {
      return new Condition.NoWorkers(queue.unfinished(), manager.get().workersWaiting());
    }
    Optional<Duration> unstarted =
        queue.unstartedFor().filter(since -> since.compareTo(UNSTARTED) > 0);
    if (unstarted.isPresent()) {
      return new Condition.Unworked(queue.pending(), unstarted.get());
    }
    return manager
        .map(told -> managed(queue, told))
        .orElseGet(() -> new Condition.Unwatched(queue.unfinished(), queue.atLeast()));
  }

  private static boolean hasNoWorkers(ManagerStatus manager, QueueFacts queue) {
    boolean noSlots = manager.slots().filter(slots -> slots == 0).isPresent();
    return queue.leased() == 0
        && (noSlots || (manager.workersActive() == 0 && manager.workersWaiting() > 0));
  }

  private static Condition managed(QueueFacts queue, ManagerStatus manager) {
    if (manager.decision().isEmpty()) {
      return new Condition.Starting(false);
    }
    ScalingDecision decision = manager.decision().get();
    Duration age = Duration.between(decision.at(), queue.observedAt());
    Duration most =
        manager.decidesEvery().orElse(DECIDES_EVERY).multipliedBy(MISSED_DECISIONS).plus(SLOW);
    if (age.compareTo(most) > 0) {
      return new Condition.Undecided(decision.at(), age);
    }
    // A projection assumes workers, and there may be none.
    if (manager.slots().isEmpty() && queue.leased() == 0) {
      return new Condition.Starting(true);
    }
    return projected(decision, Projection.of(decision, queue));
  }

  private static Condition projected(ScalingDecision decision, Projection projection) {
    Duration spare = decision.timeLeft().minus(decision.projectedFinish());
    if (projection.timeLeft().isNegative()) {
      Duration late = longer(spare.negated(), projection.timeLeft().negated());
      return new Condition.Late(true, late, projection);
    }
    if (decision.reason() == Reason.DEADLINE_UNSURE || decision.reason() == Reason.KEYS_NOT_KNOWN) {
      return new Condition.Unsure(projection);
    }
    return spare.isNegative()
        ? new Condition.Late(false, spare.negated(), projection)
        : new Condition.OnTime(spare, projection);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private Judgment() {}
}
