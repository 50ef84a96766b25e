package io.ratelimit.core.internal.engine;

import io.ratelimit.core.engine.EngineHealth;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * An engine at work, from its start to its stop: the loops, the lanes and the threads, wired
 * together.
 */
public final class Session {

  private static final int FAILURES_UNTIL_DOWN = 3;
  private static final Duration HANGING = Duration.ofSeconds(30);
  private static final Duration LATE = Duration.ofSeconds(1);

  private final EngineSettings settings;
  private final EventQueue queue;
  private final Lanes lanes;
  private final AttemptThreads threads;
  private final Dispatcher dispatcher;
  private final LeftToOthers leftToOthers;
  private final Scaler scaler;
  private final Loop dispatching;
  private final Loop scaling;
  private final Waiting waiting;
  private volatile boolean drained;
  private Optional<Subscription> subscription = Optional.empty();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile boolean ended;

  /**
   * @param timeLeft the time until the deadline of a round; empty for a service
   */
  public Session(
      EngineSettings settings,
      Listeners listeners,
      Optional<Supplier<Duration>> timeLeft,
      Foresight foresight) {
    this.settings = settings;
    this.queue = settings.queue();
    Time time = queue.time();
    this.lanes = new Lanes(settings.limitPerWorker(), time);
    this.waiting = new Waiting(time);
    this.leftToOthers = new LeftToOthers(settings.processor().handledTypes());
    this.threads =
        new AttemptThreads(
            queue,
            settings.processor(),
            settings.attemptTerms(),
            settings.name(),
            listeners,
            lanes,
            this::laneVacated,
            lanes::wanted,
            this::accept,
            this::laneIdle,
            this::lookAtSucceeded);
    this.dispatcher =
        new Dispatcher(
            queue,
            settings.name(),
            settings.requestIds(),
            settings.attemptTerms().lease(),
            settings.processor().handledTypes(),
            lanes,
            new Pace(),
            threads,
            this::workCame,
            this::drained,
            this::takeSooner);
    this.scaler =
        new Scaler(
            queue,
            new ScalingController(settings.policy(), settings.terms(), foresight),
            timeLeft,
            leftToOthers,
            lanes,
            listeners,
            settings.terms().decisionInterval(),
            this::lanesChanged);
    this.dispatching = loop("dispatcher", "taking events", listeners, dispatcher);
    this.scaling = loop("scaler", "scaling", listeners, scaler);
  }

  private Loop loop(String name, String activity, Listeners listeners, Loop.Task task) {
    return new Loop(settings.name() + '-' + name, activity, queue.time(), listeners, task);
  }

  /** Starts to work. If that fails, leaves nothing running. */
  public void start() {
    subscription = Optional.of(queue.onChange(this::queueChanged));
    try {
      threads.start();
      dispatching.start();
      scaling.start();
    } catch (RuntimeException | Error failure) {
      stop();
      throw failure;
    }
  }

  private void queueChanged() {
    dispatcher.queueChanged();
    dispatching.wake();
  }

  private void lanesChanged() {
    dispatching.wake();
  }

  private void laneVacated() {
    dispatcher.laneVacated();
  }

  private boolean accept(Acknowledging.Succeeded succeeded) {
    return dispatcher.accept(succeeded);
  }

  private void laneIdle() {
    dispatcher.fly();
  }

  private boolean lookAtSucceeded() {
    return dispatcher.look();
  }

  /** Wakes the scaler if it has not seen work: more lanes may be needed now. */
  private void workCame() {
    if (scaler.hasNotSeenWork()) {
      scaling.wake();
    }
  }

  private void takeSooner() {
    dispatching.wake();
  }

  private void drained() {
    drained = true;
    waiting.lookAgain();
  }

  /**
   * Waits until nothing is unfinished, the session is stopped, the deadline has passed, or the
   * calling thread is interrupted; its interrupt status then stays set.
   */
  public void awaitDrained(Instant deadline) {
    waiting.until(deadline, () -> drained || stopping.get());
  }

  /**
   * Stops taking events, lets those in hand finish within the grace period, then interrupts their
   * handlers and releases the events. Several threads may call this method; all return when it is
   * done.
   */
  public void stop() {
    boolean interrupted = Thread.interrupted();
    if (stopping.compareAndSet(false, true)) {
      try {
        stop(interrupted ? Duration.ZERO : settings.attemptTerms().shutdownGrace());
      } finally {
        ended = true;
        waiting.lookAgain();
      }
    }
    // Wait without a lock: virtual time would not see that a thread waits for the lock.
    while (!ended) {
      waiting.until(Instant.MAX, () -> ended);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop(Duration grace) {
    subscription.ifPresent(Subscription::close);
    waiting.lookAgain();
    dispatcher.stop();
    Loop.stopAll(List.of(dispatching, scaling));
    scaler.endEmergency();
    threads.stop(grace);
  }

  /** Returns whether the calling thread is one that {@link #stop} waits for. */
  public boolean isCurrent() {
    return threads.isCurrent() || loops().stream().anyMatch(Loop::isCurrent);
  }

  private List<Loop> loops() {
    List<Loop> loops = new ArrayList<>(List.of(dispatching, scaling));
    loops.addAll(threads.watchers());
    return loops;
  }

  private static String describe(Loop loop, Loop.Failing failing) {
    Throwable latest = failing.latest();
    // The message of a queue's own exception says everything.
    String reason =
        latest instanceof QueueException && latest.getMessage() != null
            ? latest.getMessage()
            : latest.toString();
    return loop.activity()
        + " failed "
        + failing.times()
        + " times in a row since "
        + failing.since().truncatedTo(ChronoUnit.SECONDS)
        + ": "
        + reason;
  }

  public EngineHealth health() {
    Instant now = queue.time().now();
    List<String> degraded = new ArrayList<>();
    List<String> down = new ArrayList<>();
    for (Loop loop : loops()) {
      loop.failing()
          .ifPresent(
              failing ->
                  (failing.times() >= FAILURES_UNTIL_DOWN ? down : degraded)
                      .add(describe(loop, failing)));
      if (loop.busySince().filter(since -> since.plus(HANGING).isBefore(now)).isPresent()) {
        down.add(loop.activity() + " hangs");
      }
    }
    if (threads.abandoned() > 0) {
      degraded.add(threads.abandoned() + " handlers did not return and were abandoned");
    }
    long waiting = threads.waitingSince(now.minus(LATE));
    if (waiting > 0) {
      degraded.add(
          waiting
              + " attempts have been waiting for a thread for more than a second, and start later"
              + " than the limit counts them: the handler's executor needs a thread for every"
              + " worker");
    }
    Duration shift = scaler.clockShift();
    if (!shift.isZero()) {
      degraded.add(
          "the clock of the queue's store was set while the queue was in use; the queue's time is "
              + shift.abs().toSeconds()
              + " s"
              + (shift.isNegative() ? " behind it" : " ahead of it"));
    }
    degraded.addAll(leftToOthers.overdue(settings.terms().deadline()));
    List<String> reasons = new ArrayList<>(down);
    reasons.addAll(degraded);
    return new EngineHealth(
        down.isEmpty()
            ? degraded.isEmpty() ? EngineHealth.Status.UP : EngineHealth.Status.DEGRADED
            : EngineHealth.Status.DOWN,
        reasons,
        dispatcher.answeredAt().map(at -> Duration.between(at, now)),
        dispatcher.takenAt().map(at -> Duration.between(at, now)),
        lanes.busy(),
        lanes.wanted(),
        leftToOthers.counts(),
        queue.notes());
  }
}
