package io.ratelimit.core.engine;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Subscription;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An engine at work, from its start to its stop: the loops, the lanes and the threads, wired
 * together.
 */
final class Session {

  /** How long an interrupted handler may take to return before it is abandoned. */
  private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(2);

  /** Real time in which loops and threads end that have nothing left to wait for. */
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

  private static final int FAILURES_UNTIL_DOWN = 3;
  private static final Duration HANGING = Duration.ofSeconds(30);

  private final EngineSettings settings;
  private final EventQueue queue;
  private final Time time;
  private final Lanes lanes;
  private final Attempts attempts;
  private final Dispatcher dispatcher;
  private final HandlerTimeouts timeouts;
  private final Loop dispatching;
  private final Loop scaling;
  private final Loop keeping;
  private final Loop timing;
  private final ExecutorService threads;
  private final Scaler scaler;
  private final List<Loop> loops;
  private volatile @Nullable Thread waiter;
  private volatile boolean drained;
  private Optional<Subscription> subscription = Optional.empty();
  private boolean stopped;

  Session(EngineSettings settings, Listeners listeners, Function<QueueStats, Duration> timeLeft) {
    this.settings = settings;
    this.queue = settings.queue();
    this.time = queue.time();
    this.lanes = new Lanes(settings.limitPerWorker(), time);
    this.threads = Executors.newCachedThreadPool(laneThreads(settings.name()));
    this.attempts =
        new Attempts(
            queue,
            settings.processor(),
            settings.handlerTimeout(),
            listeners,
            lanes,
            this::laneVacated);
    this.dispatcher =
        new Dispatcher(
            queue,
            settings.name(),
            settings.requestIds(),
            settings.lease(),
            lanes,
            (lease, lane) -> threads.execute(() -> attempts.make(lease, lane)),
            this::drained);
    this.timeouts = new HandlerTimeouts(attempts, settings.handlerTimeout(), INTERRUPT_GRACE, time);
    this.scaler =
        new Scaler(
            queue,
            new ScalingController(
                settings.policy(),
                settings.workers(),
                settings.emergencyLimit(),
                settings.expectations(),
                settings.deadline()),
            timeLeft,
            lanes,
            listeners,
            settings.decisionInterval(),
            this::lanesChanged);
    this.dispatching = loop("dispatcher", "taking events", listeners, dispatcher);
    this.scaling = loop("scaler", "scaling", listeners, scaler);
    this.keeping =
        loop(
            "leases",
            "extending leases",
            listeners,
            new LeaseKeeper(queue, attempts, settings.lease()));
    this.timing = loop("timeouts", "checking for handler timeouts", listeners, timeouts);
    this.loops = List.of(dispatching, scaling, keeping, timing);
  }

  private Loop loop(String name, String activity, Listeners listeners, Loop.Task task) {
    return new Loop(settings.name() + '-' + name, activity, time, listeners, task);
  }

  private static ThreadFactory laneThreads(String engineName) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, engineName + "-lane-" + count.incrementAndGet());
      // A handler that was abandoned must not keep the JVM alive.
      thread.setDaemon(true);
      return thread;
    };
  }

  void start() {
    subscription = Optional.of(queue.onChange(this::queueChanged));
    loops.forEach(Loop::start);
  }

  private void queueChanged() {
    dispatcher.queueChanged();
    dispatching.wake();
    scaling.wake();
  }

  private void lanesChanged() {
    dispatching.wake();
  }

  private void laneVacated() {
    dispatcher.laneVacated();
    dispatching.wake();
    LockSupport.unpark(waiter);
  }

  private void drained() {
    drained = true;
    LockSupport.unpark(waiter);
  }

  /**
   * Waits until nothing is unfinished, until the session is stopped, until the deadline, or until
   * the calling thread is interrupted, whose interrupt status then stays set.
   */
  void awaitDrained(Instant deadline) {
    await(deadline, () -> drained || dispatching.isStopped());
  }

  private void await(Instant deadline, BooleanSupplier condition) {
    waiter = Thread.currentThread();
    while (!condition.getAsBoolean()
        && time.now().isBefore(deadline)
        && !Thread.currentThread().isInterrupted()) {
      time.parkUntil(deadline);
    }
  }

  /**
   * Takes nothing more, lets the events in hand be finished within the grace period, then
   * interrupts their handlers and gives the events back. Several threads may call it; all return
   * when it is done.
   */
  synchronized void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    boolean interrupted = Thread.interrupted();
    subscription.ifPresent(Subscription::close);
    dispatching.stop();
    scaling.stop();
    LockSupport.unpark(waiter);
    dispatching.join(JOIN_TIMEOUT);
    scaling.join(JOIN_TIMEOUT);
    scaler.endEmergency();
    awaitNoneBusy(interrupted ? Duration.ZERO : settings.shutdownGrace());
    attempts.becomeImpatient();
    Instant now = time.now();
    attempts.running().forEach(attempt -> attempt.interrupt(Attempt.Cause.STOPPED, now));
    awaitNoneBusy(INTERRUPT_GRACE);
    attempts.running().forEach(attempts::abandon);
    keeping.stop();
    timing.stop();
    keeping.join(JOIN_TIMEOUT);
    timing.join(JOIN_TIMEOUT);
    threads.shutdown();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A lane is busy from the take on, an attempt runs only once its thread does. */
  private void awaitNoneBusy(Duration atMost) {
    await(time.now().plus(atMost), () -> lanes.busy() == 0);
  }

  EngineHealth health() {
    Instant now = time.now();
    List<String> degraded = new ArrayList<>();
    List<String> down = new ArrayList<>();
    for (Loop loop : loops) {
      int failures = loop.failuresInARow();
      if (failures > 0) {
        (failures >= FAILURES_UNTIL_DOWN ? down : degraded)
            .add(loop.activity() + " failed " + failures + " times in a row");
      }
      if (loop.busySince().filter(since -> since.plus(HANGING).isBefore(now)).isPresent()) {
        down.add(loop.activity() + " hangs");
      }
    }
    if (timeouts.abandoned() > 0) {
      degraded.add(timeouts.abandoned() + " handlers did not return and were abandoned");
    }
    List<String> reasons = new ArrayList<>(down);
    reasons.addAll(degraded);
    return new EngineHealth(
        down.isEmpty()
            ? degraded.isEmpty() ? EngineHealth.Status.UP : EngineHealth.Status.DEGRADED
            : EngineHealth.Status.DOWN,
        reasons,
        dispatcher.answeredAt().map(at -> Duration.between(at, now)),
        dispatcher.takenAt().map(at -> Duration.between(at, now)),
        attempts.running().size(),
        lanes.wanted());
  }
}
