package io.ratelimit.core.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.EventProcessor;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes attempts for lanes that somebody else drives, a Temporal activity for example: runs the
 * handler in a thread of its own, extends the lease meanwhile, interrupts a handler that takes too
 * long or lost its lease, abandons one that ignores it, and settles the outcome. Thread-safe.
 */
public final class AttemptRunner implements AutoCloseable {

  /**
   * An attempt that has ended.
   *
   * @param lease what was processed
   * @param outcome what became of it
   * @param processing how long the handler took
   * @param settlement whether the queue accepted the outcome
   */
  public record Finished(
      Lease lease, AttemptOutcome outcome, Duration processing, Settlement settlement) {}

  private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(2);
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

  private final Time time;
  private final Lanes lanes;
  private final Attempts attempts;
  private final List<Loop> loops;
  private final ExecutorService threads;
  private final Map<String, CompletableFuture<Finished>> unfinished = new ConcurrentHashMap<>();

  /**
   * Creates a runner; it works until it is closed.
   *
   * @param queue where the events are taken from; stays open
   * @param processor has the handlers
   * @param handlerTimeout after which time an attempt is interrupted and counts as failed
   * @param lease how long an event is held without a sign of life
   * @param name for threads
   * @param listeners are told of every attempt
   */
  public AttemptRunner(
      EventQueue queue,
      EventProcessor processor,
      Duration handlerTimeout,
      Duration lease,
      String name,
      List<EngineListener> listeners) {
    requireNonNull(processor, "processor");
    this.time = queue.time();
    this.lanes = new Lanes(Optional.empty(), time);
    List<EngineListener> all = new ArrayList<>(listeners);
    all.add(new Conclusions());
    Listeners told = new Listeners(all);
    this.attempts = new Attempts(queue, processor, handlerTimeout, told, lanes, () -> {});
    HandlerTimeouts timeouts = new HandlerTimeouts(attempts, handlerTimeout, INTERRUPT_GRACE, time);
    this.loops =
        List.of(
            new Loop(
                name + "-leases",
                "extending leases",
                time,
                told,
                new LeaseKeeper(queue, attempts, lease)),
            new Loop(name + "-timeouts", "checking for handler timeouts", time, told, timeouts));
    AtomicInteger count = new AtomicInteger();
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, name + "-handler-" + count.incrementAndGet());
              // A handler that was abandoned must not keep the JVM alive.
              thread.setDaemon(true);
              return thread;
            });
    loops.forEach(Loop::start);
  }

  /**
   * Begins an attempt.
   *
   * @param lane which lane makes it, from 1
   * @return completes when the attempt is settled, always normally
   * @throws java.util.concurrent.RejectedExecutionException if the runner is closed
   */
  public CompletableFuture<Finished> start(Lease lease, int lane) {
    CompletableFuture<Finished> finished = new CompletableFuture<>();
    unfinished.put(lease.token(), finished);
    Lane occupied = new Lane(lane, Optional.empty(), time);
    lanes.occupy(occupied);
    try {
      threads.execute(() -> attempts.make(lease, occupied));
    } catch (RuntimeException | Error failure) {
      unfinished.remove(lease.token());
      lanes.vacate(occupied);
      throw failure;
    }
    return finished;
  }

  /**
   * Interrupts the handler of a lease, and gives the event back unless the handler gets done all
   * the same. Does nothing if the attempt has ended or was interrupted before.
   */
  public void giveBack(Lease lease) {
    Instant now = time.now();
    attempts.running().stream()
        .filter(attempt -> attempt.lease().token().equals(lease.token()))
        .forEach(attempt -> attempt.interrupt(Attempt.Cause.STOPPED, now));
  }

  /** Interrupts what runs, gives its events back, and ends the threads. */
  @Override
  public void close() {
    attempts.becomeImpatient();
    Instant now = time.now();
    attempts.running().forEach(attempt -> attempt.interrupt(Attempt.Cause.STOPPED, now));
    threads.shutdown();
    loops.forEach(Loop::stop);
    loops.forEach(loop -> loop.join(JOIN_TIMEOUT));
  }

  private final class Conclusions implements EngineListener {
    @Override
    public void attemptFinished(
        Lease lease,
        int worker,
        AttemptOutcome outcome,
        Duration processing,
        Settlement settlement) {
      CompletableFuture<Finished> finished = unfinished.remove(lease.token());
      if (finished != null) {
        finished.complete(new Finished(lease, outcome, processing, settlement));
      }
    }
  }
}
