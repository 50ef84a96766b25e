package io.ratelimit.temporal.internal.lane;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.LaneProgress;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import io.ratelimit.temporal.internal.wire.LaneResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One attempt of a lane's activity: takes events one after another and calls the handler.
 *
 * <p>It takes event and permit together, here and not in the workflow: whatever Temporal repeats,
 * delivers twice or runs elsewhere, the limit holds.
 */
final class LaneTurn {

  /** How long any answer is trusted: a limit may have been raised, and the wake-up lost. */
  private static final Duration LONGEST_TRUST = Duration.ofSeconds(30);

  /** How often a waiting lane checks whether to leave. */
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

  private final EventQueue queue;
  private final AttemptRunner runner;
  private final Duration leaseDuration;
  private final WantedTypes types;
  private final String name;
  private final LaneRequest request;
  private final LaneLink link;
  private final BooleanSupplier draining;
  private final Time time;
  private final Thread thread = Thread.currentThread();
  private final LaneProgress.Slots slots;
  private final AttemptTally.Counter tally = new AttemptTally.Counter();
  private LaneProgress progress;
  private Instant beatAt;
  private int handled;
  private int takes;
  private volatile boolean changed;
  private Optional<Instant> toldToLeaveAt = Optional.empty();
  private boolean handedOver;
  private boolean hurried;

  /**
   * @param types the event types that this worker handles
   * @param name the holder in leases, for people to read
   * @param slots the lane's worker process
   * @param draining whether the worker is closing; the lane then only finishes its event
   */
  LaneTurn(
      EventQueue queue,
      AttemptRunner runner,
      Duration leaseDuration,
      WantedTypes types,
      String name,
      LaneRequest request,
      LaneLink link,
      LaneProgress.Slots slots,
      BooleanSupplier draining) {
    this.queue = queue;
    this.runner = runner;
    this.leaseDuration = leaseDuration;
    this.types = types;
    this.name = name;
    this.request = request;
    this.link = link;
    this.slots = slots;
    this.draining = draining;
    this.time = queue.time();
    this.beatAt = time.now();
    this.progress = LaneProgress.in(slots);
  }

  LaneResult run() {
    Instant until = time.now().plus(Timeouts.LANE_TURN);
    Subscription subscription = queue.onChange(this::queueChanged);
    try {
      takeOver();
      while (handled < request.events()) {
        LaneResult.End end = handleNext(until);
        if (end != LaneResult.End.ENOUGH) {
          return result(end);
        }
      }
      return result(LaneResult.End.ENOUGH);
    } finally {
      subscription.close();
    }
  }

  private LaneResult result(LaneResult.End end) {
    Optional<String> event = request.events() == 1 ? progress.event() : Optional.empty();
    return new LaneResult(end, event, tally.tally(), slots);
  }

  private void queueChanged() {
    changed = true;
    LockSupport.unpark(thread);
  }

  /**
   * Takes over the event that earlier attempts of the activity held when their worker died, without
   * waiting for the lease to expire. The handler may have been called, and every call needs a
   * permit of its own, so the event returns to its place and is taken again when the limit allows.
   * That counts as an attempt; otherwise an event that kills its worker would do so forever.
   *
   * <p>The queue identifies the lease by its token, whatever the last heartbeat said. If so many
   * leases expire earlier that it is not on the first page, it expires by itself.
   */
  private void takeOver() {
    if (link.attempt() == 1) {
      return;
    }
    for (Lease lease : queue.leases(EventQueue.MAX_PAGE)) {
      if (LaneRequest.isHeldBy(request.id(), lease)) {
        AttemptOutcome lost =
            new AttemptOutcome.Retry(
                Duration.ZERO, Failure.of("worker-lost", "its worker was lost"));
        tally.add(lease, lost, Duration.ZERO, lost.settle(queue, lease));
      }
    }
  }

  /** Waits for an event and its permit, and handles it; then returns {@code ENOUGH}. */
  private LaneResult.End handleNext(Instant until) {
    String id = request.takeId(link.attempt(), ++takes);
    TakeRequest take = new TakeRequest(id, name, 1, leaseDuration, types);
    progress = progress.taking(id);
    Instant emptyUntil = time.now().plus(request.waitWhenEmpty());
    while (true) {
      beat();
      if (isLeaving()) {
        return LaneResult.End.LEFT;
      }
      Instant now = time.now();
      if (!now.isBefore(until)) {
        return LaneResult.End.TIME_UP;
      }
      changed = false;
      runner.extendOverdue();
      TakeResult result = queue.take(take);
      if (result instanceof TakeResult.Taken taken) {
        handle(taken.leases().get(0));
        return LaneResult.End.ENOUGH;
      }
      Instant askAgainAt =
          earlier(
              result.askAgainAt(now, queue.pollInterval()), Optional.of(now.plus(LONGEST_TRUST)));
      if (result instanceof TakeResult.Empty empty) {
        boolean drained = empty.nextDue().isEmpty() && request.leaveWhenDrained() && !othersWait();
        if (drained || !now.isBefore(emptyUntil)) {
          return LaneResult.End.EMPTY;
        }
        askAgainAt = earlier(askAgainAt, Optional.of(emptyUntil));
      }
      await(earlier(earlier(askAgainAt, Optional.of(until)), request.until()));
    }
  }

  /**
   * Returns whether events of types without a handler here are waiting. They keep the round open,
   * so a lane that left at once would be replaced at once.
   */
  private boolean othersWait() {
    return !types.isAll() && queue.stats().pending() > 0;
  }

  private void await(Instant at) {
    while (!isLeaving() && !changed && time.now().isBefore(at)) {
      time.parkUntil(earlier(at, Optional.of(time.now().plus(CHECK_INTERVAL))));
      beat();
    }
  }

  private void handle(Lease lease) {
    progress = progress.holding(lease.event().id());
    CompletableFuture<AttemptRunner.Finished> attempt = runner.start(lease, request.lane());
    CompletableFuture<AttemptRunner.Finished> unused =
        attempt.whenComplete((finished, never) -> LockSupport.unpark(thread));
    while (!attempt.isDone()) {
      time.parkUntil(time.now().plus(CHECK_INTERVAL));
      beat();
      if (hurried || toldToLeaveAt.filter(this::isGraceOver).isPresent()) {
        runner.giveBack(lease);
      }
    }
    AttemptRunner.Finished finished = attempt.join();
    tally.add(lease, finished.outcome(), finished.processing(), finished.settlement());
    handled++;
  }

  private boolean isGraceOver(Instant since) {
    return !since.plus(request.grace()).isAfter(time.now());
  }

  /** Returns whether this lane must take nothing more. */
  private boolean isLeaving() {
    return toldToLeaveAt.isPresent() || handedOver || draining.getAsBoolean();
  }

  private void beat() {
    if (Thread.interrupted()) {
      leave();
      hurried = true;
    }
    Instant now = time.now();
    if (request.until().filter(end -> !now.isBefore(end)).isPresent()) {
      leave();
    }
    if (now.isBefore(beatAt.plus(Timeouts.HEARTBEAT_INTERVAL))) {
      return;
    }
    beatAt = now;
    switch (link.beat(progress)) {
      case NOTHING -> {}
      case LEAVE -> leave();
      case NOBODY_WAITS -> {
        // If the manager continues in another run, the lane finishes its event first.
        handedOver = true;
        if (!link.isManagerRunning()) {
          leave();
        }
      }
    }
  }

  private void leave() {
    if (toldToLeaveAt.isEmpty()) {
      toldToLeaveAt = Optional.of(time.now());
    }
  }

  private static Instant earlier(Instant one, Optional<Instant> other) {
    return other.filter(instant -> instant.isBefore(one)).orElse(one);
  }
}
