package io.ratelimit.core.internal.limiter;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.RequestIds;
import io.ratelimit.core.internal.time.DueTimes;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A limiter over the limit of a queue. */
public final class QueueRateLimiter implements RateLimiter {

  private final EventQueue queue;
  private final boolean owned;
  private final RequestIds ids = new RequestIds();
  private final Line line;

  private QueueRateLimiter(EventQueue queue, boolean owned) {
    this.queue = requireNonNull(queue, "queue");
    this.owned = owned;
    this.line = new Line(queue);
  }

  /** The limiter of a queue that stays open when it is closed. */
  public static QueueRateLimiter lent(EventQueue queue) {
    return new QueueRateLimiter(queue, false);
  }

  /** The limiter of a queue that nobody else has, and that is closed with it. */
  public static QueueRateLimiter owning(EventQueue queue) {
    return new QueueRateLimiter(queue, true);
  }

  @Override
  public AcquireResult tryAcquire(int permits) {
    Waiter waiter = waiter(permits, Duration.ZERO);
    Optional<AcquireResult> known = line.denialInFront();
    if (known.isPresent()) {
      return known.get();
    }
    if (line.isEmpty()) {
      return queue.acquire(List.of(waiter.request())).get(0);
    }
    line.join(waiter);
    return uninterruptibly(waiter.answer());
  }

  @Override
  public AcquireResult acquire(int permits, Duration atMost) throws InterruptedException {
    Waiter waiter = waiter(permits, atMost);
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before permits were asked for");
    }
    if (line.isEmpty()) {
      // Alone: no other thread is needed unless it has to wait.
      try {
        AcquireResult result = queue.acquire(List.of(waiter.request())).get(0);
        if (!line.joinDenied(waiter, result)) {
          return result;
        }
      } catch (QueueUnavailableException away) {
        if (!line.joinUnanswered(waiter, away)) {
          throw away;
        }
      }
    } else {
      line.join(waiter);
    }
    CompletableFuture<AcquireResult> answer = waiter.answer();
    try {
      return result(answer);
    } catch (InterruptedException interrupted) {
      if (answer.cancel(false)) {
        throw interrupted;
      }
      // It has been answered meanwhile, and what was granted is not thrown away.
      Thread.currentThread().interrupt();
      return uninterruptibly(answer);
    }
  }

  @Override
  public CompletableFuture<AcquireResult> acquireAsync(int permits, Duration atMost) {
    Waiter waiter = waiter(permits, atMost);
    line.join(waiter);
    return waiter.answer();
  }

  @Override
  public CorrectionReceipt correct(AcquireResult.Granted granted, int permits, int cost) {
    line.requireOpen();
    return queue.correct(new AcquireRequest(ids.get(), permits), granted, cost);
  }

  private Waiter waiter(int permits, Duration atMost) {
    AcquireRequest request = new AcquireRequest(ids.get(), permits);
    Duration wait = Requirements.notNegative("wait", atMost);
    line.requireOpen();
    return new Waiter(request, DueTimes.after(queue.time().now(), wait));
  }

  /** Waits for an answer that comes at once, but for the store. */
  private AcquireResult uninterruptibly(CompletableFuture<AcquireResult> answer) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result(answer);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private AcquireResult result(CompletableFuture<AcquireResult> answer)
      throws InterruptedException {
    awaitDone(answer);
    try {
      return answer.get();
    } catch (ExecutionException failed) {
      Throwable cause = requireNonNull(failed.getCause());
      if (cause instanceof QueueUnavailableException) {
        // The one that it got is that of all who waited.
        throw new QueueUnavailableException(String.valueOf(cause.getMessage()), cause);
      } else if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("waiting for permits failed: " + cause, cause);
    }
  }

  /** As get() does, but in the time that others may be waiting for, too. */
  private void awaitDone(CompletableFuture<?> answer) throws InterruptedException {
    Thread waiter = Thread.currentThread();
    var unused = answer.whenComplete((result, failed) -> time().unpark(waiter));
    while (!answer.isDone()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while waiting for permits");
      }
      time().parkUntil(Instant.MAX);
    }
  }

  @Override
  public LimitControl limitControl() {
    return queue.limitControl();
  }

  @Override
  public Time time() {
    return queue.time();
  }

  @Override
  public void close() {
    line.close();
    if (owned) {
      queue.close();
    }
  }
}
