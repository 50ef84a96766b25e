package io.ratelimit.core.internal.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.internal.handler.EventProcessor;
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
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/**
 * Makes attempts for lanes that other code drives, such as a Temporal activity. It runs each
 * handler in a separate thread, extends the lease, interrupts a handler that takes too long or has
 * lost its lease, abandons a handler that ignores the interrupt, and settles the outcome.
 * Thread-safe.
 */
public final class AttemptRunner implements AutoCloseable {

  /**
   * An attempt that has ended.
   *
   * @param lease the event
   * @param outcome the outcome of the attempt
   * @param processing how long the handler took
   * @param settlement whether the queue accepted the outcome
   */
  public record Finished(
      Lease lease, AttemptOutcome outcome, Duration processing, Settlement settlement) {}

  private final Time time;
  private final AttemptThreads threads;
  private final UnaryOperator<Runnable> around;
  private final Map<String, CompletableFuture<Finished>> unfinished = new ConcurrentHashMap<>();

  /**
   * Creates a runner; it works until it is closed.
   *
   * @param queue the queue that the events are taken from; stays open
   * @param processor calls the handlers
   * @param terms how long an attempt may take, and how long its event is held
   * @param name the prefix of thread names
   * @param listeners notified of every attempt
   * @param around called with each attempt in the thread that starts it; the task it returns runs
   *     in the attempt's thread
   * @param lanesAtWork returns how many lanes can currently have an attempt at the same time
   */
  public AttemptRunner(
      EventQueue queue,
      EventProcessor processor,
      AttemptTerms terms,
      String name,
      List<EngineListener> listeners,
      UnaryOperator<Runnable> around,
      IntSupplier lanesAtWork) {
    requireNonNull(processor, "processor");
    this.time = queue.time();
    this.around = requireNonNull(around, "around");
    List<EngineListener> all = new ArrayList<>(listeners);
    all.add(new Conclusions());
    this.threads =
        new AttemptThreads(
            queue,
            processor,
            terms,
            name,
            new Listeners(all, time),
            new Lanes(Optional.empty(), time),
            () -> {},
            lanesAtWork,
            Acknowledging.NOTHING,
            () -> {},
            () -> false);
    threads.start();
  }

  /**
   * Starts an attempt.
   *
   * @param lease the taken event; extended while the handler runs
   * @param lane the number of the lane, from 1
   * @return a future that completes, always normally, when the attempt is settled
   * @throws java.util.concurrent.RejectedExecutionException if the runner is closed
   */
  public CompletableFuture<Finished> start(Lease lease, int lane) {
    CompletableFuture<Finished> finished = new CompletableFuture<>();
    unfinished.put(lease.token(), finished);
    try {
      threads.make(lease, new Lane(lane, Optional.empty(), time), around);
    } catch (RuntimeException | Error failure) {
      unfinished.remove(lease.token());
      throw failure;
    }
    return finished;
  }

  /**
   * Extends leases that are overdue because the process was suspended. Call this before each take;
   * otherwise events of running attempts may be taken again.
   */
  public void extendOverdue() {
    threads.extendOverdue();
  }

  /**
   * Interrupts the handler of a lease and releases the event, unless the handler finishes anyway.
   * Does nothing if the attempt has ended or was interrupted before.
   */
  public void giveBack(Lease lease) {
    Instant now = time.now();
    threads.running().stream()
        .filter(attempt -> attempt.lease().token().equals(lease.token()))
        .forEach(attempt -> attempt.interrupt(Attempt.Cause.STOPPED, now));
  }

  /** Returns whether the calling thread runs an attempt or a listener that an attempt notifies. */
  public boolean isCurrent() {
    return threads.isCurrent();
  }

  /**
   * Interrupts running attempts, releases their events, and ends the threads. Waits up to 2 s for
   * the handlers to return. Closing again does nothing.
   */
  @Override
  public void close() {
    threads.stop(Duration.ZERO);
  }

  private final class Conclusions implements EngineListener {
    @Override
    public void attemptFinished(
        Lease lease, int lane, AttemptOutcome outcome, Duration processing, Settlement settlement) {
      CompletableFuture<Finished> finished = unfinished.remove(lease.token());
      if (finished != null) {
        finished.complete(new Finished(lease, outcome, processing, settlement));
      }
    }
  }
}
