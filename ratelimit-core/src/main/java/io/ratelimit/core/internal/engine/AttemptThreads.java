package io.ratelimit.core.internal.engine;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.internal.handler.BatchForm;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.internal.log.RepeatedWarnings;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run attempts, and those that watch over them: they extend leases, interrupt
 * handlers that take too long or have lost their lease, and abandon handlers that ignore the
 * interrupt. Works from its start to its stop. Thread-safe.
 */
final class AttemptThreads implements Dispatcher.Crew {

  /** How long an interrupted handler may take to return before it is abandoned. */
  private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(2);

  /** How long it may take to settle abandoned attempts. */
  private static final Duration SETTLE_GRACE = Duration.ofSeconds(30);

  /** How many threads call handlers that do not block and settle their attempts. */
  private static final int ASYNC_THREADS = 8;

  private final EventProcessor processor;
  // Set in threads that run a task here, but for neither `blocking` nor `few`.
  private final ThreadLocal<@Nullable Boolean> inside = new ThreadLocal<>();
  private final Time time;
  private final Lanes lanes;
  private final Attempts attempts;
  private final RepeatedWarnings warnings;
  private final Batches batches;
  private final HandlerTimeouts timeouts;
  private final LeaseKeeper keeper;
  private final WhileBusy leases;
  private final WhileBusy limited;
  private final Loop extending;
  private final Loop interrupting;
  private final LookingAfter left;
  private final Loop looking;
  private final List<Loop> watchers;
  private final ExecutorService threads;
  private final FewThreads blocking;
  private final FewThreads few;
  private final boolean takesAhead;
  private final Waiting waiting;

  /**
   * @param terms how long an attempt may take, and how long its event is held
   * @param name the prefix of thread names
   * @param listeners notified of every attempt
   * @param lanes vacated when their attempts have ended
   * @param onVacated called when a lane was vacated
   * @param attemptsAtOnce returns how many attempts there can currently be at the same time
   * @param acknowledging asked first to settle attempts that succeeded
   * @param onIdle run by a thread that has no more attempts to make; may bring more
   * @param look looks after what threads left for later, and returns whether there is any
   */
  AttemptThreads(
      EventQueue queue,
      EventProcessor processor,
      AttemptTerms terms,
      String name,
      Listeners listeners,
      Lanes lanes,
      Runnable onVacated,
      IntSupplier attemptsAtOnce,
      Acknowledging acknowledging,
      Runnable onIdle,
      BooleanSupplier look) {
    this.time = queue.time();
    this.lanes = lanes;
    this.waiting = new Waiting(time);
    this.processor = processor;
    ThreadFactory daemons = daemons(name + "-lane-");
    this.threads =
        Executors.newCachedThreadPool(
            processor.wantsVirtualThreads()
                ? VirtualThreads.factory(name + "-lane-").orElse(daemons)
                : daemons);
    // In virtual time, which may stand still, nobody would look after what is left.
    Optional<Runnable> onLeft =
        time == Time.system() ? Optional.of(this::lookAfter) : Optional.empty();
    this.blocking = new FewThreads(Integer.MAX_VALUE, threads, time, onIdle, onLeft);
    this.few =
        new FewThreads(
            ASYNC_THREADS,
            Executors.newCachedThreadPool(daemons(name + "-async-")),
            time,
            onIdle,
            onLeft);
    // A lane's own limit counts from the moment when the lane gets an event.
    this.takesAhead = processor.handlesAtOnce() && !lanes.areLimited() && onLeft.isPresent();
    this.left = new LookingAfter(List.of(blocking::look, few::look, look), time);
    this.looking = new Loop(name + "-left", "looking after threads", time, listeners, left);
    this.warnings = listeners.warnings();
    this.batches = new Batches(time, attemptsAtOnce, this::threadsFor, listeners);
    this.attempts =
        new Attempts(
            queue,
            processor,
            terms.handlerTimeout(),
            listeners,
            lanes,
            () -> {
              waiting.lookAgain();
              onVacated.run();
            },
            this::settle,
            this::conclude,
            batches,
            acknowledging);
    this.timeouts = new HandlerTimeouts(attempts, terms.handlerTimeout(), INTERRUPT_GRACE, time);
    this.keeper =
        new LeaseKeeper(queue, attempts, terms.lease(), helper -> time.execute(threads, helper));
    this.leases =
        new WhileBusy(keeper, LeaseKeeper.interval(terms.lease()), attempts::areRunning, time);
    this.limited = new WhileBusy(timeouts, timeouts.interval(), attempts::areRunning, time);
    this.extending = new Loop(name + "-leases", "extending leases", time, listeners, leases);
    this.interrupting =
        new Loop(name + "-timeouts", "checking for handler timeouts", time, listeners, limited);
    List<Loop> loops = new ArrayList<>(List.of(extending, interrupting, looking));
    if (!processor.longestWait().isZero()) {
      Loop collecting =
          new Loop(name + "-batches", "calling handlers of batches", time, listeners, batches);
      batches.onFirst(collecting::wake);
      loops.add(collecting);
    }
    this.watchers = List.copyOf(loops);
  }

  private static ThreadFactory daemons(String prefix) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + count.incrementAndGet());
      // An abandoned handler must not keep the JVM alive.
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void lookAfter() {
    if (left.isAsleep()) {
      looking.wake();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>This holds for a thread that has made an attempt and continues with another one or with its
   * idle task.
   */
  @Override
  public boolean goesOn() {
    return blocking.goesOn() || few.goesOn();
  }

  @Override
  public int mostAhead() {
    return takesAhead ? Ahead.MOST : 0;
  }

  @Override
  public boolean isQuick() {
    return blocking.expectsQuick();
  }

  @Override
  public void giveBack(Collection<Attempt> unmade) {
    blocking.expectSlow();
    Runnable dropping =
        () -> {
          unmade.forEach(attempts::drop);
          waiting.lookAgain();
        };
    try {
      conclude(dropping);
    } catch (RejectedExecutionException | OutOfMemoryError noThread) {
      dropping.run();
    }
  }

  private void settle(Runnable task) {
    few.execute(task);
  }

  private void conclude(Runnable conclusion) {
    time.execute(threads, inside(conclusion));
  }

  /** Marks the thread in which a task runs. */
  private Runnable inside(Runnable task) {
    return () -> {
      inside.set(true);
      try {
        task.run();
      } finally {
        inside.remove();
      }
    };
  }

  /**
   * Returns whether an attempt, or a listener that it tells something, runs in the calling thread.
   */
  boolean isCurrent() {
    return blocking.isCurrent() || few.isCurrent() || inside.get() != null;
  }

  void start() {
    watchers.forEach(Loop::start);
  }

  /**
   * Occupies a lane and makes an attempt in it. If no thread is available, vacates the lane and
   * releases the event.
   *
   * @param around called in the calling thread; the task it returns runs in the attempt's thread
   * @throws RejectedExecutionException after the stop, or if an executor refuses
   */
  void make(Lease lease, Lane lane, UnaryOperator<Runnable> around) {
    lanes.occupy(lane);
    start(hold(lease), lane, around, false);
  }

  @Override
  public Attempt hold(Lease lease) {
    Attempt attempt = attempts.hold(lease);
    if (leases.isAsleep()) {
      keeper.begin();
      extending.wake();
    }
    if (limited.isAsleep()) {
      interrupting.wake();
    }
    return attempt;
  }

  @Override
  public void start(Attempt attempt, Lane lane, boolean isNext) {
    start(attempt, lane, UnaryOperator.identity(), isNext);
  }

  private void start(Attempt attempt, Lane lane, UnaryOperator<Runnable> around, boolean isNext) {
    attempt.enter(lane);
    try {
      Runnable task = around.apply(() -> attempts.make(attempt));
      execute(processor.blocks(attempt.event()), task, isNext);
    } catch (RuntimeException | Error failure) {
      attempts.drop(attempt);
      lanes.vacate(lane);
      waiting.lookAgain();
      throw failure;
    }
  }

  /**
   * Called before each take. In a process that was suspended, the leases of running attempts have
   * expired, and the take would hand out their events again, to be handled twice at the same time.
   * If nobody else has taken the events, the leases can still be extended.
   */
  @Override
  public void extendOverdue() {
    if (!keeper.isOverdue(time.now()) || !attempts.areRunning()) {
      return;
    }
    try {
      Instant unused = keeper.run();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error failure) {
      // The loop that extends leases tries again and reports the failure.
    }
  }

  private void execute(boolean blocks, Runnable task, boolean isNext) {
    // After the stop, do not give the attempt to the host's executor, which would accept it.
    if (blocks && !threads.isShutdown() && processor.executor().isPresent()) {
      executeThere(processor.executor().get(), task);
      return;
    }
    FewThreads own = blocks ? blocking : few;
    if (isNext) {
      own.executeNext(task);
    } else {
      own.execute(task);
    }
  }

  /**
   * Gives an attempt to the host's executor. If that runs the attempt in the calling thread,
   * perhaps because it has too few threads, it would hold up all other lanes; the attempt then runs
   * in one of these threads.
   */
  private void executeThere(Executor executor, Runnable task) {
    Thread caller = Thread.currentThread();
    AtomicBoolean returned = new AtomicBoolean();
    Runnable there = inside(task);
    time.execute(
        executor,
        () -> {
          if (Thread.currentThread() == caller && !returned.get()) {
            blocking.execute(task);
          } else {
            there.run();
          }
        });
    returned.set(true);
  }

  private Executor threadsFor(BatchForm batch) {
    return call -> execute(batch.blocks(), call, false);
  }

  @Override
  public void acknowledged(Acknowledging.Succeeded succeeded, Settlement settlement) {
    attempts.acknowledged(succeeded, settlement);
    waiting.lookAgain();
  }

  @Override
  public void unheard(Acknowledging.Succeeded succeeded, Throwable failure) {
    attempts.unheard(succeeded, failure);
  }

  /** Returns the attempts whose events are held. */
  Collection<Attempt> running() {
    return attempts.running();
  }

  /** Returns how many handlers were abandoned. */
  int abandoned() {
    return timeouts.abandoned();
  }

  /** Returns how many attempts have been waiting for a thread since before a time. */
  long waitingSince(Instant before) {
    return attempts.running().stream()
        .filter(attempt -> !attempt.hasBegun() && attempt.startedAt().isBefore(before))
        .count();
  }

  /** Returns the loops that watch over the attempts. */
  List<Loop> watchers() {
    return watchers;
  }

  /**
   * Lets attempts finish within the grace period, then interrupts their handlers and releases the
   * events. An interrupt of the calling thread cuts the wait short; its interrupt status stays set.
   */
  void stop(Duration grace) {
    batches.hurry();
    awaitNoneHeld(grace);
    attempts.stop();
    awaitNoneHeld(INTERRUPT_GRACE);
    attempts.running().forEach(attempts::abandon);
    awaitNoneHeld(SETTLE_GRACE);
    Loop.stopAll(watchers);
    threads.shutdown();
    few.shutdown();
    warnings.tellAll();
  }

  private void awaitNoneHeld(Duration atMost) {
    waiting.until(time.now().plus(atMost), () -> !attempts.areRunning());
  }
}
