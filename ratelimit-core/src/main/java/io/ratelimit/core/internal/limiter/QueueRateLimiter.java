package io.ratelimit.core.internal.limiter;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.RequestIds;
import io.ratelimit.core.internal.time.DueTimes;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A limiter that uses the limit of a queue. */
public final class QueueRateLimiter implements RateLimiter {

  private final EventQueue queue;
  private final boolean owned;
  private final RequestIds ids = new RequestIds();
  private final Lines lines;

  private QueueRateLimiter(EventQueue queue, boolean owned) {
    this.queue = requireNonNull(queue, "queue");
    this.owned = owned;
    this.lines = new Lines(queue);
  }

  /** Returns a limiter that leaves the queue open when it is closed. */
  public static QueueRateLimiter lent(EventQueue queue) {
    return new QueueRateLimiter(queue, false);
  }

  /** Returns a limiter that owns the queue and closes it. */
  public static QueueRateLimiter owning(EventQueue queue) {
    return new QueueRateLimiter(queue, true);
  }

  @Override
  public AcquireResult tryAcquire(Charges charges) {
    Waiter waiter = waiter(charges, Duration.ZERO);
    Optional<AcquireResult> known = lines.denialInFront(waiter.combination());
    if (known.isPresent()) {
      return known.get();
    }
    if (lines.isEmpty(waiter.combination())) {
      return queue.acquire(List.of(waiter.request())).get(0);
    }
    lines.join(waiter);
    return uninterruptibly(waiter.answer());
  }

  @Override
  public AcquireResult acquire(Charges charges, Duration atMost) throws InterruptedException {
    Waiter waiter = waiter(charges, atMost);
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before permits were requested");
    }
    if (lines.isEmpty(waiter.combination())) {
      // Nobody else waits: no other thread is needed unless this caller must wait.
      try {
        AcquireResult result = queue.acquire(List.of(waiter.request())).get(0);
        if (!lines.joinDenied(waiter, result)) {
          return result;
        }
      } catch (QueueUnavailableException away) {
        if (!lines.joinUnanswered(waiter, away)) {
          throw away;
        }
      }
    } else {
      lines.join(waiter);
    }
    CompletableFuture<AcquireResult> answer = waiter.answer();
    try {
      return result(answer);
    } catch (InterruptedException interrupted) {
      if (answer.cancel(false)) {
        throw interrupted;
      }
      // The answer has arrived in the meantime; granted permits must not be lost.
      Thread.currentThread().interrupt();
      return uninterruptibly(answer);
    }
  }

  @Override
  public CompletableFuture<AcquireResult> acquireAsync(Charges charges, Duration atMost) {
    Waiter waiter = waiter(charges, atMost);
    lines.join(waiter);
    return waiter.answer();
  }

  @Override
  public CorrectionReceipt correct(AcquireResult.Granted granted, int permits, int cost) {
    lines.requireOpen();
    return queue.correct(new AcquireRequest(ids.get(), permits), granted, cost);
  }

  private Waiter waiter(Charges charges, Duration atMost) {
    AcquireRequest request = new AcquireRequest(ids.get(), charges);
    Duration wait = Requirements.notNegative("wait", atMost);
    lines.requireOpen();
    return new Waiter(request, DueTimes.after(queue.time().now(), wait));
  }

  /** Waits for an answer that depends only on the store, and comes soon. */
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
        // All waiters share the failure, so each throws its own exception.
        throw new QueueUnavailableException(String.valueOf(cause.getMessage()), cause);
      } else if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("waiting for permits failed: " + cause, cause);
    }
  }

  /** Waits like get(), but in the queue's time. */
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
  public NamedLimitControl namedLimitControl() {
    return queue.namedLimitControl();
  }

  @Override
  public Time time() {
    return queue.time();
  }

  @Override
  public void close() {
    lines.close();
    if (owned) {
      queue.close();
    }
  }
}
