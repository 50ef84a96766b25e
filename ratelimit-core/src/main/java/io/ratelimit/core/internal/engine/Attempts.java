package io.ratelimit.core.internal.engine;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** Makes attempts, each in a lane and in the calling thread, and settles them. Thread-safe. */
final class Attempts {

  private static final Duration SETTLE_BACKOFF = Duration.ofMillis(500);

  private final EventQueue queue;
  private final EventProcessor processor;
  private final Duration handlerTimeout;
  private final Listeners listeners;
  private final Runnable onVacated;
  private final Executor concluding;
  private final Lanes lanes;
  private final Time time;
  private final Set<Attempt> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /**
   * @param onVacated is called when a lane came free
   * @param concluding settles what was abandoned: a queue that is away holds up each for a while
   */
  Attempts(
      EventQueue queue,
      EventProcessor processor,
      Duration handlerTimeout,
      Listeners listeners,
      Lanes lanes,
      Runnable onVacated,
      Executor concluding) {
    this.queue = queue;
    this.processor = processor;
    this.handlerTimeout = handlerTimeout;
    this.listeners = listeners;
    this.lanes = lanes;
    this.onVacated = onVacated;
    this.concluding = concluding;
    this.time = queue.time();
  }

  /** Those being made now. */
  Collection<Attempt> running() {
    return running;
  }

  /**
   * Interrupts all handlers, also of attempts that begin later. From now on, what the queue cannot
   * be told at once is left to the lease's expiry.
   */
  void stop() {
    stopping = true;
    running.forEach(this::interrupt);
  }

  private void interrupt(Attempt attempt) {
    attempt.interrupt(Attempt.Cause.STOPPED, time.now());
  }

  /** Makes one attempt, in a lane that the caller has occupied. */
  void make(Lease lease, Lane lane) {
    Attempt attempt = new Attempt(lease, lane, time.now());
    running.add(attempt);
    if (stopping) {
      interrupt(attempt);
    }
    listeners.tell(listener -> listener.attemptStarted(lease, lane.number()));
    AttemptOutcome outcome = processor.process(lease);
    Duration processing = Duration.between(attempt.startedAt(), time.now());
    if (attempt.end()) {
      conclude(attempt, meaning(attempt, outcome), processing);
    }
  }

  /**
   * An interruption means what it was made for, unless the handler got done all the same or learnt
   * that nobody may go on.
   */
  private AttemptOutcome meaning(Attempt attempt, AttemptOutcome outcome) {
    if (outcome instanceof AttemptOutcome.Done || outcome instanceof AttemptOutcome.Throttled) {
      return outcome;
    }
    if (attempt.interruptedFor().isPresent()) {
      return broken(attempt);
    }
    return outcome instanceof AttemptOutcome.Released
        ? processor.failed(attempt.lease(), "broken off, though nobody had interrupted it")
        : outcome;
  }

  private AttemptOutcome broken(Attempt attempt) {
    return attempt.interruptedFor().orElseThrow() == Attempt.Cause.TIMED_OUT
        ? timeout(attempt)
        : new AttemptOutcome.Released();
  }

  private AttemptOutcome timeout(Attempt attempt) {
    return processor.failed(attempt.lease(), "no result within " + handlerTimeout);
  }

  /**
   * Gives up an interrupted attempt whose handler does not return, and its thread with it. Does not
   * wait for the queue.
   *
   * @return whether the handler was still running
   */
  @CanIgnoreReturnValue
  boolean abandon(Attempt attempt) {
    if (!attempt.end()) {
      return false;
    }
    Duration processing = Duration.between(attempt.startedAt(), time.now());
    Runnable conclusion = () -> conclude(attempt, broken(attempt), processing);
    try {
      concluding.execute(conclusion);
    } catch (RuntimeException | Error noThread) {
      conclusion.run();
    }
    return true;
  }

  private void conclude(Attempt attempt, AttemptOutcome outcome, Duration processing) {
    try {
      Settlement settlement = settle(attempt.lease(), outcome);
      listeners.tell(
          listener ->
              listener.attemptFinished(
                  attempt.lease(), attempt.lane().number(), outcome, processing, settlement));
    } finally {
      running.remove(attempt);
      lanes.vacate(attempt.lane());
      onVacated.run();
    }
  }

  /** Tells the queue until it has heard, or until the lease cannot hold any more. */
  private Settlement settle(Lease lease, AttemptOutcome outcome) {
    Instant giveUpAt = null;
    while (true) {
      try {
        return outcome.settle(queue, lease);
      } catch (RuntimeException | Error failure) {
        listeners.failed("settling event " + lease.event().id(), failure);
        Duration held = Duration.between(lease.takenAt(), lease.expiresAt());
        giveUpAt = giveUpAt == null ? time.now().plus(held) : giveUpAt;
        if (stopping || !time.now().isBefore(giveUpAt)) {
          return Settlement.STALE_LEASE;
        }
        try {
          time.sleep(SETTLE_BACKOFF);
        } catch (InterruptedException stop) {
          return Settlement.STALE_LEASE;
        }
      }
    }
  }
}
