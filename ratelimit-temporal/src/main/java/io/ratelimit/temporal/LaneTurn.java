package io.ratelimit.temporal;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.Subscription;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.time.Time;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One attempt at a lane's activity: takes events, one after the other, and has them handled.
 *
 * <p>Event and permit are taken together, here and not in the workflow: whatever Temporal repeats,
 * delivers twice or runs elsewhere, the limit holds.
 */
final class LaneTurn {

  /** How long a take that found nothing is trusted, should a wake-up be lost. */
  private static final Duration IDLE_POLL = Duration.ofSeconds(2);

  private final EventQueue queue;
  private final AttemptRunner runner;
  private final Duration leaseDuration;
  private final WantedTypes types;
  private final String name;
  private final LaneRequest request;
  private final ActivityExecutionContext context;
  private final BooleanSupplier draining;
  private final Time time;
  private final Thread thread = Thread.currentThread();
  private LaneProgress progress;
  private int handled;
  private int takes;
  private volatile boolean changed;
  private Optional<Instant> toldToLeaveAt = Optional.empty();
  private boolean hurried;

  LaneTurn(
      EventQueue queue,
      AttemptRunner runner,
      Duration leaseDuration,
      WantedTypes types,
      String name,
      LaneRequest request,
      ActivityExecutionContext context,
      BooleanSupplier draining) {
    this.queue = queue;
    this.runner = runner;
    this.leaseDuration = leaseDuration;
    this.types = types;
    this.name = name;
    this.request = request;
    this.context = context;
    this.draining = draining;
    this.time = queue.time();
    this.progress = context.getHeartbeatDetails(LaneProgress.class).orElse(LaneProgress.NONE);
    this.handled = progress.attempts().size();
  }

  LaneResult run() {
    Instant until = time.now().plus(Timeouts.LANE_TURN);
    Subscription subscription = queue.onChange(this::queueChanged);
    try {
      takeOver();
      while (handled < request.events()) {
        LaneResult.End end = handleNext(until);
        if (end != LaneResult.End.ENOUGH) {
          return new LaneResult(progress.attempts(), end);
        }
      }
      return new LaneResult(progress.attempts(), LaneResult.End.ENOUGH);
    } finally {
      subscription.close();
    }
  }

  private void queueChanged() {
    changed = true;
    LockSupport.unpark(thread);
  }

  /**
   * What the activity's attempt before this one held when its worker died is taken over at once,
   * not when the lease expires. Its handler may have been called, and every call needs a permit of
   * its own: so the event goes back to its place, and is taken again when the limit allows it. That
   * counts as an attempt, or an event that kills its worker would do so for ever.
   */
  private void takeOver() {
    if (progress.takeId().isEmpty()) {
      return;
    }
    TakeRequest before = request(progress.takeId().get());
    if (queue.take(before) instanceof TakeResult.Taken taken) {
      Lease lease = taken.leases().get(0);
      if (lease.worker().equals(name)) {
        // The lease was lost, and this is another event, with a permit.
        handle(lease);
        return;
      }
      AttemptOutcome lost = new AttemptOutcome.Retry(Duration.ZERO, "its worker was lost");
      Settlement settlement = lost.settle(queue, lease);
      progress = progress.ended(AttemptRecord.of(lease, lost, Duration.ZERO, settlement));
    }
    progress = progress.empty();
    beat();
  }

  private TakeRequest request(String id) {
    return new TakeRequest(id, name, 1, leaseDuration, types);
  }

  /** Waits for an event and its permit, and handles it; {@code ENOUGH} when that is done. */
  private LaneResult.End handleNext(Instant until) {
    String id = request.id() + '/' + context.getInfo().getAttempt() + '/' + ++takes;
    TakeRequest take = request(id);
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
      TakeResult result = queue.take(take);
      if (result instanceof TakeResult.Taken taken) {
        handle(taken.leases().get(0));
        return LaneResult.End.ENOUGH;
      }
      Instant askAgainAt = result.askAgainAt(now, IDLE_POLL);
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
   * Whether events wait of types that have no handler here. They keep the round from being over, so
   * that a lane which left at once would be followed by another at once.
   */
  private boolean othersWait() {
    return !types.isAll() && queue.stats().pending() > 0;
  }

  private void await(Instant at) {
    while (!isLeaving() && !changed && time.now().isBefore(at)) {
      time.parkUntil(earlier(at, Optional.of(time.now().plus(Timeouts.HEARTBEAT_INTERVAL))));
      beat();
    }
  }

  private void handle(Lease lease) {
    progress = progress.holding(lease.event().id());
    beat();
    CompletableFuture<AttemptRunner.Finished> attempt = runner.start(lease, request.lane());
    CompletableFuture<AttemptRunner.Finished> unused =
        attempt.whenComplete((finished, never) -> LockSupport.unpark(thread));
    while (!attempt.isDone()) {
      time.parkUntil(time.now().plus(Timeouts.HEARTBEAT_INTERVAL));
      beat();
      if (hurried || toldToLeaveAt.filter(this::isGraceOver).isPresent()) {
        runner.giveBack(lease);
      }
    }
    progress = progress.ended(AttemptRecord.of(attempt.join()));
    handled++;
    beat();
  }

  private boolean isGraceOver(Instant since) {
    return !since.plus(request.grace()).isAfter(time.now());
  }

  /** Whether this lane takes nothing more: it was told so, or its worker drains. */
  private boolean isLeaving() {
    return toldToLeaveAt.isPresent() || draining.getAsBoolean();
  }

  /** Says that this lane lives, and hears whether it is to leave. */
  private void beat() {
    if (Thread.interrupted()) {
      leave();
      hurried = true;
    }
    if (request.until().filter(end -> !time.now().isBefore(end)).isPresent()) {
      leave();
    }
    try {
      context.heartbeat(progress);
    } catch (ActivityCompletionException told) {
      // Cancelled, the worker's time is up, or nobody waits for this attempt any more.
      leave();
    } catch (RejectedExecutionException shutDown) {
      // The worker sends no more heartbeats, since its time is up.
      leave();
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
