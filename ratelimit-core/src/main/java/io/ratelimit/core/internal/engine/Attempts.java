package io.ratelimit.core.internal.engine;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes attempts, each in a lane, and settles them. Thread-safe. */
final class Attempts {

  private static final Logger LOG = LoggerFactory.getLogger(AuditEventHandler.class);
  private static final String SETTLING = "settling event";
  private static final Duration SETTLE_BACKOFF = Duration.ofMillis(500);

  private final EventQueue queue;
  private final EventProcessor processor;
  private final Duration handlerTimeout;
  private final Listeners listeners;
  private final Runnable onVacated;
  private final Executor settling;
  private final Executor concluding;
  private final Batches batches;
  private final Acknowledging acknowledging;
  private final Lanes lanes;
  private final Time time;
  // Ordered, so that operations on all attempts have the same order in every run.
  private final Set<Attempt> running = Collections.synchronizedSet(new LinkedHashSet<>());
  private volatile boolean stopping;

  /**
   * @param onVacated called when a lane came free
   * @param settling settles attempts that complete in the host's threads
   * @param concluding settles abandoned attempts: an unavailable queue holds up each of them for a
   *     while
   * @param batches collects attempts that are handled together
   * @param acknowledging asked first to settle attempts that succeeded
   */
  Attempts(
      EventQueue queue,
      EventProcessor processor,
      Duration handlerTimeout,
      Listeners listeners,
      Lanes lanes,
      Runnable onVacated,
      Executor settling,
      Executor concluding,
      Batches batches,
      Acknowledging acknowledging) {
    this.queue = queue;
    this.processor = processor;
    this.handlerTimeout = handlerTimeout;
    this.listeners = listeners;
    this.lanes = lanes;
    this.onVacated = onVacated;
    this.settling = settling;
    this.concluding = concluding;
    this.batches = batches;
    this.acknowledging = acknowledging;
    this.time = queue.time();
  }

  /**
   * Returns the attempts that run, wait for a lane, or are not settled yet, in the order in which
   * their events were taken.
   */
  Collection<Attempt> running() {
    return List.copyOf(running);
  }

  /** Returns whether {@link #running} has any attempts. */
  boolean areRunning() {
    return !running.isEmpty();
  }

  /**
   * Interrupts all handlers, including those of attempts that begin later. From now on, an attempt
   * that cannot be settled at once is left to the expiry of its lease.
   */
  void stop() {
    stopping = true;
    running().forEach(this::interrupt);
  }

  private void interrupt(Attempt attempt) {
    attempt.interrupt(Attempt.Cause.STOPPED, time.now());
  }

  /** Creates the attempt for an event. The lease is extended even before the attempt has a lane. */
  Attempt hold(Lease lease) {
    Attempt attempt = new Attempt(lease, handlerTimeout, time, this::cancel);
    running.add(attempt);
    return attempt;
  }

  /**
   * Gives up an attempt that cannot be made, and releases its event. If the queue fails, the event
   * becomes pending again when its lease expires.
   */
  void drop(Attempt attempt) {
    boolean unusedEnd = attempt.end();
    try {
      Settlement unused = new AttemptOutcome.Released().settle(queue, attempt.lease());
    } catch (RuntimeException | Error failure) {
      listeners.failed(SETTLING, SETTLING + " " + attempt.lease().event().id(), failure);
    } finally {
      running.remove(attempt);
    }
  }

  /** Makes an attempt in the calling thread, or begins it there if its handler is asynchronous. */
  void make(Attempt attempt) {
    if (!attempt.begin()) {
      return;
    }
    if (stopping) {
      interrupt(attempt);
    }
    tellStarted(attempt);
    if (attempt.isCancelled()) {
      attempt.called();
      finish(attempt, new InterruptedException());
      return;
    }
    CompletionStage<?> stage =
        processor.call(attempt.lease(), attempt, form -> batches.join(form, attempt));
    attempt.called();
    if (processor.isDone(stage)) {
      finish(attempt, null);
      return;
    }
    Thread caller = Thread.currentThread();
    AtomicBoolean returned = new AtomicBoolean();
    try {
      CompletionStage<?> unused =
          stage.whenComplete(
              (done, thrown) -> {
                if (Thread.currentThread() == caller && !returned.get()) {
                  finish(attempt, thrown);
                } else {
                  // The completing thread, perhaps a client's only one, must not wait for a queue.
                  later(settling, () -> finish(attempt, thrown));
                }
              });
    } catch (RuntimeException | Error broken) {
      finish(attempt, broken);
    }
    returned.set(true);
  }

  private void tellStarted(Attempt attempt) {
    listeners.tell(listener -> listener.attemptStarted(attempt.lease(), attempt.lane().number()));
  }

  private void finish(Attempt attempt, @Nullable Throwable thrown) {
    Duration processing = Duration.between(attempt.startedAt(), time.now());
    if (attempt.end()) {
      conclude(attempt, meaning(attempt, processor.outcome(attempt.lease(), thrown)), processing);
    }
  }

  private void cancel(Runnable action) {
    later(
        concluding,
        () -> {
          try {
            action.run();
          } catch (Throwable failure) {
            listeners
                .warnings()
                .warn(
                    LOG,
                    List.of("cancelled", failure.getClass()),
                    "an onCancel action failed",
                    failure);
          }
        });
  }

  private static void later(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RuntimeException | Error noThread) {
      task.run();
    }
  }

  /**
   * Returns the outcome of an attempt: if it was interrupted, the cause of that decides, unless the
   * handler finished anyway or was throttled.
   */
  private AttemptOutcome meaning(Attempt attempt, AttemptOutcome outcome) {
    if (outcome instanceof AttemptOutcome.Done || outcome instanceof AttemptOutcome.Throttled) {
      return outcome;
    }
    if (attempt.interruptedFor().isPresent()) {
      return broken(attempt);
    }
    return outcome instanceof AttemptOutcome.Released
        ? processor.failed(
            attempt.lease(),
            Failure.of(
                "interrupted",
                "stopped with an InterruptedException, although the engine did not interrupt it"))
        : outcome;
  }

  /**
   * A timeout before the handler received the event is not the event's fault: the attempt does not
   * count.
   */
  private AttemptOutcome broken(Attempt attempt) {
    return attempt.interruptedFor().orElseThrow() == Attempt.Cause.TIMED_OUT
            && attempt.isWithHandler()
        ? timeout(attempt)
        : new AttemptOutcome.Released();
  }

  private AttemptOutcome timeout(Attempt attempt) {
    Duration allowed = Duration.between(attempt.startedAt(), attempt.deadline());
    return processor.failed(attempt.lease(), Failure.of("timeout", "no result within " + allowed));
  }

  /**
   * Gives up an interrupted attempt whose handler does not return, along with its thread, or one
   * that never got a thread. Does not wait for the queue.
   *
   * @return whether a handler was still running
   */
  @CanIgnoreReturnValue
  boolean abandon(Attempt attempt) {
    // An attempt that waits for a lane is released instead.
    if (!attempt.isInLane() || !attempt.end()) {
      return false;
    }
    Duration processing = Duration.between(attempt.startedAt(), time.now());
    boolean told = attempt.hasBegun();
    later(
        concluding,
        () -> {
          if (!told) {
            tellStarted(attempt);
          }
          conclude(attempt, broken(attempt), processing);
        });
    return told;
  }

  private void conclude(Attempt attempt, AttemptOutcome outcome, Duration processing) {
    if (outcome instanceof AttemptOutcome.Done done
        && attempt.costs().isEmpty()
        && acknowledging.accept(new Acknowledging.Succeeded(attempt, done, processing))) {
      return;
    }
    try {
      log(attempt.lease(), outcome);
      Settlement settlement = settle(attempt, outcome, Optional.empty());
      tellFinished(attempt, outcome, processing, settlement);
    } finally {
      vacate(attempt);
      onVacated.run();
    }
  }

  private void vacate(Attempt attempt) {
    running.remove(attempt);
    lanes.vacate(attempt.lane());
  }

  private void tellFinished(
      Attempt attempt, AttemptOutcome outcome, Duration processing, Settlement settlement) {
    listeners.tell(
        listener ->
            listener.attemptFinished(
                attempt.lease(), attempt.lane().number(), outcome, processing, settlement));
  }

  /** Concludes an attempt that {@link Acknowledging} accepted and the queue has acknowledged. */
  void acknowledged(Acknowledging.Succeeded succeeded, Settlement settlement) {
    try {
      tellFinished(succeeded.attempt(), succeeded.outcome(), succeeded.processing(), settlement);
    } finally {
      running.remove(succeeded.attempt());
    }
  }

  /**
   * Settles an attempt again, in another thread, because the queue may not have received its
   * acknowledgment. Withholds one lane until then, so that the engine does not take events that it
   * cannot settle.
   */
  void unheard(Acknowledging.Succeeded succeeded, Throwable failure) {
    Attempt attempt = succeeded.attempt();
    lanes.withhold();
    later(
        concluding,
        () -> {
          try {
            Settlement settlement = settle(attempt, succeeded.outcome(), Optional.of(failure));
            tellFinished(attempt, succeeded.outcome(), succeeded.processing(), settlement);
          } finally {
            running.remove(attempt);
            lanes.restore();
            onVacated.run();
          }
        });
  }

  /**
   * Logs a failed attempt with everything that is known except the payload. Similar failures are
   * counted.
   */
  private void log(Lease lease, AttemptOutcome outcome) {
    if (outcome.cause().isEmpty() || !LOG.isWarnEnabled()) {
      return;
    }
    Failure failure = outcome.cause().get();
    listeners
        .warnings()
        .warn(
            LOG,
            List.of("attempt", lease.event().type().name(), failure.kind()),
            "attempt "
                + lease.attempt()
                + " at event "
                + Printable.text(lease.event().id())
                + " of type "
                + Printable.text(lease.event().type().name())
                + " failed: "
                + Printable.text(failure.reason())
                + " ("
                + Printable.text(failure.kind())
                + "); "
                + next(outcome),
            LOG.isDebugEnabled() ? failure.cause().orElse(null) : ExpectedFailures.stack(failure));
  }

  private static String next(AttemptOutcome outcome) {
    if (outcome instanceof AttemptOutcome.Retry retry) {
      return "retried after " + retry.delay().toMillis() + " ms";
    }
    return outcome instanceof AttemptOutcome.Throttled throttled
        ? throttled.failure().pausedKey().map(LimitKey::toString).orElse("everybody")
            + " pauses for "
            + throttled.pause().toMillis()
            + " ms"
        : "given up";
  }

  private static void tellOverruns(Lease lease, CorrectionReceipt receipt) {
    if (!receipt.overruns().isEmpty()) {
      LOG.warn(
          "event {} cost more than was reserved, and a limit is exceeded: {}",
          Printable.text(lease.event().id()),
          receipt.overruns());
    }
  }

  /**
   * Settles an attempt, and tries again until the queue answers or the lease must have expired.
   *
   * @param before why the first try failed, if there was one
   */
  private Settlement settle(Attempt attempt, AttemptOutcome outcome, Optional<Throwable> before) {
    Lease lease = attempt.lease();
    Costs costs = attempt.costs();
    Instant giveUpAt = null;
    Optional<Throwable> failed = before;
    while (true) {
      if (failed.isEmpty()) {
        try {
          if (!costs.isEmpty()) {
            tellOverruns(lease, queue.correct(lease, costs));
          }
          return outcome.settle(queue, lease);
        } catch (RuntimeException | Error failure) {
          failed = Optional.of(failure);
        }
      }
      listeners.failed(SETTLING, SETTLING + " " + lease.event().id(), failed.get());
      failed = Optional.empty();
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
