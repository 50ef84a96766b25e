package io.ratelimit.core.internal.limiter;

import io.ratelimit.core.internal.queue.Combination;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** A waiter for permits. Mutable state is guarded by the lock of the line. */
final class Waiter {

  private final Instant deadline;
  private final CompletableFuture<AcquireResult> answer = new CompletableFuture<>();
  private final Combination combination;
  private AcquireRequest request;
  private boolean unanswered;

  Waiter(AcquireRequest request, Instant deadline) {
    this.request = request;
    this.combination = Combination.of(request.charges());
    this.deadline = deadline;
  }

  AcquireRequest request() {
    return request;
  }

  /** Returns the combination whose line it waits in. */
  Combination combination() {
    return combination;
  }

  /** Returns the time until which it waits. */
  Instant deadline() {
    return deadline;
  }

  /** Returns the answer; if it is completed by anyone but the line, the waiter has given up. */
  CompletableFuture<AcquireResult> answer() {
    return answer;
  }

  /** Returns whether it has an answer, or has given up. */
  boolean isGone() {
    return answer.isDone();
  }

  /**
   * Returns whether its request was sent and got no answer, so that its permits may have been
   * spent.
   */
  boolean isUnanswered() {
    return unanswered;
  }

  void setUnanswered(boolean isUnanswered) {
    this.unanswered = isUnanswered;
  }

  /** Takes over the request of a waiter that has given up and may have paid. */
  void inherit(Waiter gone) {
    request = gone.request;
    unanswered = true;
    gone.unanswered = false;
  }
}
