package io.ratelimit.core.internal.engine;

import io.ratelimit.core.internal.queue.RequestIds;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Looks at the queue at intervals, decides, and carries out what was decided. */
final class Scaler implements Loop.Task {

  /**
   * Nothing changes while nothing happens; an event that is taken wakes the loop. Twice as long
   * each time that nothing has happened, up to the most.
   */
  private static final int IDLE_INTERVALS = 5;

  private static final int MOST_IDLE_INTERVALS = 20;

  private final EventQueue queue;
  private final ScalingController controller;
  private final Optional<Supplier<Duration>> timeLeft;
  private final LeftToOthers leftToOthers;
  private final Lanes lanes;
  private final Listeners listeners;
  private final Duration interval;
  // Whose demands these are: this session's, which ends them.
  private final String owner = "engine-" + new RequestIds().get();
  private final Runnable onDecided;
  private Instant settledUntil = Instant.MIN;
  private int idleIntervals = IDLE_INTERVALS;
  private volatile boolean idle;
  private volatile Mode mode = Mode.NORMAL;
  private volatile Set<String> raised = Set.of();
  private volatile Duration clockShift = Duration.ZERO;

  /**
   * @param timeLeft the time until the deadline of a round; empty: it is a service
   * @param onDecided is called after each decision
   */
  Scaler(
      EventQueue queue,
      ScalingController controller,
      Optional<Supplier<Duration>> timeLeft,
      LeftToOthers leftToOthers,
      Lanes lanes,
      Listeners listeners,
      Duration interval,
      Runnable onDecided) {
    this.queue = queue;
    this.controller = controller;
    this.timeLeft = timeLeft;
    this.leftToOthers = leftToOthers;
    this.lanes = lanes;
    this.listeners = listeners;
    this.interval = interval;
    this.onDecided = onDecided;
  }

  @Override
  public Instant run() {
    // A change of the limit wakes everybody: were it answered at once, two who share a queue could
    // answer each other for ever. And events that come one by one are not looked at one by one.
    if (queue.time().now().isBefore(settledUntil)) {
      return settledUntil;
    }
    // An unreadable queue throws here, and leaves lanes and limit as they are.
    QueueStats everything = queue.stats();
    clockShift = everything.clockShift();
    QueueStats stats = leftToOthers.subtractedFrom(everything);
    ScalingDecision decision =
        timeLeft
            .map(left -> controller.decide(stats, left.get(), lanes.wanted()))
            .orElseGet(() -> controller.decide(stats, lanes.wanted()));
    Duration lease = ScalingController.demandLease(interval);
    controller.apply(decision, stats, queue.limitControl(), owner, lease);
    controller.applyNamed(decision, everything, queue.namedLimitControl(), owner, lease);
    mode = decision.mode();
    raised = decision.raised().keySet();
    lanes.want(decision.workers());
    listeners.tell(listener -> listener.decided(decision, everything));
    onDecided.run();
    Instant now = queue.time().now();
    settledUntil = now.plus(interval);
    idle = stats.unfinished() == 0;
    if (!idle) {
      idleIntervals = IDLE_INTERVALS;
      return settledUntil;
    }
    Instant next = now.plus(interval.multipliedBy(idleIntervals));
    idleIntervals = Math.min(MOST_IDLE_INTERVALS, 2 * idleIntervals);
    return next;
  }

  /** Returns whether nothing was unfinished when the queue was last read; says so only once. */
  boolean hasNotSeenWork() {
    boolean isNews = idle;
    idle = false;
    return isNews;
  }

  /** Returns how far the queue's time was from its store's clock when the queue was last read. */
  Duration clockShift() {
    return clockShift;
  }

  /** Takes back what was raised; should that fail, it lapses. */
  void endEmergency() {
    if (mode == Mode.EMERGENCY) {
      try {
        queue.limitControl().endDemand(owner);
        for (String name : raised) {
          queue.namedLimitControl().endDemand(KeyPattern.all(name), owner);
        }
      } catch (RuntimeException | Error failure) {
        // Whoever stops has more to end.
        listeners.failed("ending the emergency", failure);
      }
    }
  }
}
