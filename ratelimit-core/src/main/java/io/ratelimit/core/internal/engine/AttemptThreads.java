package io.ratelimit.core.internal.engine;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * The threads in which attempts are made, and those that watch over them: they extend leases,
 * interrupt handlers that take too long or lost their lease, and abandon those that ignore it.
 * Works from its start to its stop. Thread-safe.
 */
final class AttemptThreads {

  /** How long an interrupted handler may take to return before it is abandoned. */
  private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(2);

  /** How long the queue may take to hear of what was abandoned. */
  private static final Duration SETTLE_GRACE = Duration.ofSeconds(30);

  private final Time time;
  private final Lanes lanes;
  private final Attempts attempts;
  private final HandlerTimeouts timeouts;
  private final List<Loop> watchers;
  private final ExecutorService threads;
  private final Waiting waiting;

  /**
   * @param terms how long an attempt may take, and how long its event is held
   * @param name for threads
   * @param listeners are told of every attempt
   * @param lanes are vacated when their attempt has ended
   * @param onVacated is called then
   */
  AttemptThreads(
      EventQueue queue,
      EventProcessor processor,
      AttemptTerms terms,
      String name,
      Listeners listeners,
      Lanes lanes,
      Runnable onVacated) {
    this.time = queue.time();
    this.lanes = lanes;
    this.waiting = new Waiting(time);
    this.threads = Executors.newCachedThreadPool(daemons(name));
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
            threads);
    this.timeouts = new HandlerTimeouts(attempts, terms.handlerTimeout(), INTERRUPT_GRACE, time);
    this.watchers =
        List.of(
            new Loop(
                name + "-leases",
                "extending leases",
                time,
                listeners,
                new LeaseKeeper(queue, attempts, terms.lease())),
            new Loop(
                name + "-timeouts", "checking for handler timeouts", time, listeners, timeouts));
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-lane-" + count.incrementAndGet());
      // A handler that was abandoned must not keep the JVM alive.
      thread.setDaemon(true);
      return thread;
    };
  }

  void start() {
    watchers.forEach(Loop::start);
  }

  /**
   * Occupies a lane, and makes an attempt there. Should no thread be had, the lane is free again,
   * and the event comes back when its lease expires.
   *
   * @throws java.util.concurrent.RejectedExecutionException after the stop
   */
  void make(Lease lease, Lane lane) {
    make(lease, lane, UnaryOperator.identity());
  }

  /**
   * The same, with something around the attempt.
   *
   * @param around is called in the calling thread; what it returns runs in the attempt's
   */
  void make(Lease lease, Lane lane, UnaryOperator<Runnable> around) {
    lanes.occupy(lane);
    try {
      threads.execute(around.apply(() -> attempts.make(lease, lane)));
    } catch (RuntimeException | Error failure) {
      lanes.vacate(lane);
      throw failure;
    }
  }

  /** The attempts that are being made now. */
  Collection<Attempt> running() {
    return attempts.running();
  }

  /** How many handlers were abandoned. */
  int abandoned() {
    return timeouts.abandoned();
  }

  /** The loops that watch over the attempts. */
  List<Loop> watchers() {
    return watchers;
  }

  /**
   * Lets the attempts be finished within a time, then interrupts their handlers and gives the
   * events back. An interrupt of the calling thread cuts the waiting short, and stays set.
   */
  void stop(Duration grace) {
    awaitNoneBusy(grace);
    attempts.stop();
    awaitNoneBusy(INTERRUPT_GRACE);
    attempts.running().forEach(attempts::abandon);
    awaitNoneBusy(SETTLE_GRACE);
    Loop.stopAll(watchers);
    threads.shutdown();
  }

  /** A lane is busy from the take on, an attempt runs only once its thread does. */
  private void awaitNoneBusy(Duration atMost) {
    waiting.until(time.now().plus(atMost), () -> lanes.busy() == 0);
  }
}
