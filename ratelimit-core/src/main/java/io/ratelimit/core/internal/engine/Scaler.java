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

/** Reads the queue at intervals, decides on limit and lanes, and applies the decision. */
final class Scaler implements Loop.Task {

  /**
   * While nothing happens, nothing changes, and the next event taken wakes the loop. So the
   * interval doubles each time, up to the maximum.
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
  // Each session has its own owner of demands, so that it ends only its own.
  private final String owner = "engine-" + new RequestIds().get();
  private final Runnable onDecided;
  private Instant settledUntil = Instant.MIN;
  private int idleIntervals = IDLE_INTERVALS;
  private volatile boolean idle;
  private volatile Mode mode = Mode.NORMAL;
  private volatile Set<String> raised = Set.of();
  private volatile Duration clockShift = Duration.ZERO;

  /**
   * @param timeLeft the time until the deadline of a round; empty for a service
   * @param onDecided called after each decision
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
    // A change of the limit wakes every engine. If each reacted at once, two that share a queue
    // could react to each other forever. Nor does each single event need a decision of its own.
    if (queue.time().now().isBefore(settledUntil)) {
      return settledUntil;
    }
    // If the queue cannot be read, this throws and leaves lanes and limit as they are.
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

  /**
   * Returns whether nothing was unfinished at the last reading of the queue; true only once per
   * reading.
   */
  boolean hasNotSeenWork() {
    boolean isNews = idle;
    idle = false;
    return isNews;
  }

  /** Returns the difference between the queue's time and its store's clock at the last reading. */
  Duration clockShift() {
    return clockShift;
  }

  /** Ends this session's demands; if that fails, they lapse. */
  void endEmergency() {
    if (mode == Mode.EMERGENCY) {
      try {
        queue.limitControl().endDemand(owner);
        for (String name : raised) {
          queue.namedLimitControl().endDemand(KeyPattern.all(name), owner);
        }
      } catch (RuntimeException | Error failure) {
        // Report it and go on: a stop has more to end.
        listeners.failed("ending the emergency", failure);
      }
    }
  }
}
