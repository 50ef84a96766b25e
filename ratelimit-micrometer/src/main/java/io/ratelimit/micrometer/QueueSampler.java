package io.ratelimit.micrometer;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a queue's statistics on demand if the last reading is too old: at most once per interval,
 * and never while a reading is under way, however many callers ask. It reads in a thread of its
 * own, so a store that hangs delays no caller for long. Thread-safe.
 */
final class QueueSampler implements AutoCloseable {

  /** In real time. */
  private static final Duration KEEP_THREAD = Duration.ofSeconds(10);

  /**
   * @param begunAt in the queue's time
   */
  private record Look(Instant begunAt, Future<QueueStats> answer) {}

  private final EventQueue queue;
  private final Duration interval;
  private final Duration patience;
  private final ThreadPoolExecutor looking;
  private @Nullable Look look;
  private volatile Optional<QueueStats> lastAnswer = Optional.empty();

  /**
   * @param interval in the queue's time
   * @param patience how long the first caller waits for an answer, in real time
   */
  QueueSampler(String queueName, EventQueue queue, Duration interval, Duration patience) {
    this.queue = queue;
    this.interval = interval;
    this.patience = patience;
    this.looking =
        new ThreadPoolExecutor(
            1,
            1,
            KEEP_THREAD.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "metrics-" + queueName);
              thread.setDaemon(true);
              return thread;
            });
    looking.allowCoreThreadTimeOut(true);
  }

  /**
   * Returns the statistics, or empty if the queue failed or did not answer in time. Never throws.
   */
  synchronized Optional<QueueStats> stats() {
    if (looking.isShutdown()) {
      return Optional.empty();
    }
    Instant now = queue.time().now();
    if (look == null || isOver(look, now)) {
      Look begun = new Look(now, looking.submit(queue::stats));
      look = begun;
      return answer(begun, patience);
    }
    return answer(look, Duration.ZERO);
  }

  private boolean isOver(Look last, Instant now) {
    return last.answer().isDone() && !now.isBefore(last.begunAt().plus(interval));
  }

  /** Returns the last answer, however old. */
  Optional<QueueStats> lastAnswer() {
    return lastAnswer;
  }

  private Optional<QueueStats> answer(Look look, Duration patience) {
    try {
      lastAnswer = Optional.of(look.answer().get(patience.toNanos(), TimeUnit.NANOSECONDS));
      return lastAnswer;
    } catch (ExecutionException | TimeoutException noAnswer) {
      return Optional.empty();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Stops reading. */
  @Override
  public void close() {
    looking.shutdownNow();
  }
}
