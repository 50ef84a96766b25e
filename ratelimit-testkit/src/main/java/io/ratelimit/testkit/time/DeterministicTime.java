package io.ratelimit.testkit.time;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.time.Time;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A virtual time that advances by itself, for tests of a host's own handlers: give it to an
 * in-memory queue, and the engine over that queue does minutes of work in milliseconds, with the
 * same result in every run.
 *
 * <pre>{@code
 * DeterministicTime time = DeterministicTime.atEpoch();
 * EventQueue queue = InMemoryEventQueue.builder(limit).time(time).build();
 * AuditEngine engine = AuditEngine.builder(queue).handler(handler).build();
 * queue.publish(events);
 * RoundReport report = engine.runRound();
 * }</pre>
 *
 * <p>Threads take turns: the test's thread and those that the engine and {@link #executor} start.
 * One of them works at a time until it waits for this time; then the next one works, in order. When
 * all wait, time advances to the next moment that one of them waits for. What a thread does in its
 * turn takes no time unless it waits.
 *
 * <p>Whatever takes time in a test must therefore wait here: a handler calls {@link #sleep}, or
 * returns a stage that {@link #delayedExecutor} completes. A thread that blocks in its turn in
 * another way keeps all others waiting; after 30 s of real time, the test's thread gets an {@link
 * IllegalStateException} from its own wait that says where. The test's thread is the one that first
 * waits here or gives work to others, for example by starting an engine. It has the turn until it
 * waits: between two waits, the engine stands still.
 *
 * <p>Thread-safe. Tests do not share one.
 */
public final class DeterministicTime implements Time {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Turns turns;
  private final ThreadPoolExecutor threads;

  DeterministicTime(Instant start, Duration patience) {
    this.turns = new Turns(start, patience);
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "deterministic-time");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Returns a time that begins at this instant. */
  public static DeterministicTime startingAt(Instant start) {
    return new DeterministicTime(requireNonNull(start, "start"), PATIENCE);
  }

  /** Returns a time that begins at the epoch, 1970-01-01T00:00:00Z. */
  public static DeterministicTime atEpoch() {
    return startingAt(Instant.EPOCH);
  }

  @Override
  public Instant now() {
    return turns.now();
  }

  /**
   * Waits as described, and lets other threads take their turns in the meantime.
   *
   * @throws IllegalStateException if this time does not know the calling thread; or, in the test's
   *     thread, if no thread can continue
   */
  @Override
  public void parkUntil(Instant deadline) {
    turns.waitUntil(requireNonNull(deadline, "deadline"));
  }

  @Override
  public void unpark(@Nullable Thread thread) {
    if (thread != null) {
      turns.wake(thread);
    }
  }

  /**
   * Passes a task to an executor, where it begins when its turn comes. The executor must have a
   * thread for it: no other thread continues until the task has begun.
   */
  @Override
  public void execute(Executor executor, Runnable task) {
    turns.execute(executor, requireNonNull(task, "task"));
  }

  /** Returns an executor with a thread for every task, each of which takes its turn. */
  public Executor executor() {
    return task -> execute(threads, task);
  }

  /**
   * Returns an executor that begins each task after this delay, as {@link
   * CompletableFuture#delayedExecutor} does in real time. Use it for an asynchronous handler that
   * takes time.
   *
   * @param delay 0 or more
   * @throws IllegalArgumentException if the delay is negative
   */
  public Executor delayedExecutor(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("the delay must not be negative but is " + delay);
    }
    return task -> turns.executeAt(now().plus(delay), threads, requireNonNull(task, "task"));
  }

  /**
   * Waits until a stage completes that depends on other threads that take turns.
   *
   * @return what the stage completed with
   * @throws ExecutionException if it failed
   * @throws InterruptedException if the calling thread is interrupted; its interrupt status is
   *     cleared
   * @throws java.util.concurrent.CancellationException if it was cancelled
   */
  @CanIgnoreReturnValue
  public <T> T await(CompletionStage<T> stage) throws InterruptedException, ExecutionException {
    CompletableFuture<T> future = stage.toCompletableFuture();
    Thread waiter = Thread.currentThread();
    var unused = future.whenComplete((result, failure) -> unpark(waiter));
    while (!future.isDone()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while waiting for a stage");
      }
      parkUntil(Instant.MAX);
    }
    return future.get();
  }

  /**
   * Stops this time until something is done that takes real time elsewhere, such as a request to a
   * server that the test has started. For the engine, it takes no time. If several such stages are
   * under way, the order of what happens in between may differ from run to run.
   *
   * @return completes as the stage does; the stage is cancelled with it
   */
  public <T> CompletableFuture<T> standStillUntil(CompletionStage<T> stage) {
    CompletableFuture<T> shown = new CompletableFuture<>();
    AtomicBoolean released = new AtomicBoolean();
    turns.hold();
    var unusedDone =
        stage.whenComplete(
            (result, failure) -> {
              // Time may advance only after all dependents have been notified.
              if (failure == null) {
                shown.complete(result);
              } else {
                shown.completeExceptionally(failure);
              }
              if (released.compareAndSet(false, true)) {
                turns.release();
              }
            });
    var unusedCancelled =
        shown.whenComplete(
            (result, failure) -> {
              if (shown.isCancelled() && released.compareAndSet(false, true)) {
                stage.toCompletableFuture().cancel(true);
                turns.release();
              }
            });
    return shown;
  }

  /**
   * Lets this time pass until a condition holds. The condition is checked in the calling thread,
   * whenever all other threads wait.
   *
   * @param condition must not wait
   * @param atMost how long in this time
   * @throws AssertionError if it does not hold by then
   */
  public void runUntil(BooleanSupplier condition, Duration atMost) {
    Instant limit = now().plus(atMost);
    turns.waitForOthers(limit, false);
    while (!condition.getAsBoolean()) {
      if (!now().isBefore(limit)) {
        throw new AssertionError("the condition did not hold within " + atMost + ", at " + now());
      }
      turns.waitForOthers(limit, true);
    }
  }

  /** Returns this time as a clock, in UTC, for the host's code that reads one. */
  public Clock clock() {
    return new TurnsClock(ZoneOffset.UTC);
  }

  private final class TurnsClock extends Clock {
    private final ZoneId zone;

    TurnsClock(ZoneId zone) {
      this.zone = zone;
    }

    @Override
    public ZoneId getZone() {
      return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
      return new TurnsClock(other);
    }

    @Override
    public Instant instant() {
      return now();
    }
  }

  @Override
  public String toString() {
    return "deterministic time " + now();
  }
}
