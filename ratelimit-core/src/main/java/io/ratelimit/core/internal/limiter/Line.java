package io.ratelimit.core.internal.limiter;

import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.QueueUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The waiters for permits of the same limits and keys, in the order of their arrival, and the last
 * answer to the first one. Guarded by the lock of {@link Lines}.
 */
final class Line {

  /** How long to trust a pause without end, in case a wake-up is lost. */
  private static final Duration IDLE_POLL = Duration.ofSeconds(2);

  /** How long to trust any answer: a limit may have been raised and the wake-up lost. */
  private static final Duration LONGEST_TRUST = Duration.ofSeconds(30);

  /**
   * The least time between requests after changes: a queue also announces irrelevant ones, such as
   * publications.
   */
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(100);

  private final Deque<Waiter> waiting = new ArrayDeque<>();
  private Instant askedAt = Instant.MIN;
  private Instant askAt = Instant.MIN;
  // The last answer, and for which waiter; null while a request is in flight.
  private @Nullable AcquireResult denial;
  private @Nullable QueueUnavailableException failure;
  private @Nullable Waiter denied;

  static boolean isFinal(AcquireResult result) {
    return result instanceof AcquireResult.Granted || result instanceof AcquireResult.Never;
  }

  /** Returns whether a waiter cannot get permits before its deadline unless a setting changes. */
  static boolean isInVain(Waiter waiter, AcquireResult denial, Instant now) {
    return !waiter.deadline().isAfter(now)
        || earliest(denial).filter(at -> at.isAfter(waiter.deadline())).isPresent();
  }

  private static Optional<Instant> earliest(AcquireResult denial) {
    if (denial instanceof AcquireResult.NotBefore notBefore) {
      return Optional.of(notBefore.at());
    }
    return denial instanceof AcquireResult.Paused paused ? paused.until() : Optional.empty();
  }

  static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  void add(Waiter waiter) {
    waiting.addLast(waiter);
  }

  void remove(Waiter waiter) {
    waiting.remove(waiter);
  }

  List<Waiter> waiters() {
    return List.copyOf(waiting);
  }

  /** Returns the answer that the first waiter waits for, if known. */
  Optional<AcquireResult> denialAt(Instant now) {
    return now.isBefore(askAt) ? Optional.ofNullable(denial) : Optional.empty();
  }

  /** Asks again after a change, but not too soon after the last request. */
  void askSoon() {
    askAt = earlier(askAt, askedAt.plus(BETWEEN_CHANGES));
  }

  /** Returns the waiters to send requests for now, up to a number. */
  List<Waiter> toAsk(Instant now, int most) {
    if (now.isBefore(askAt) || most <= 0) {
      return List.of();
    }
    denial = null;
    askedAt = now;
    return waiting.stream().limit(most).toList();
  }

  /** Returns when this line needs attention. */
  Instant wakeAt() {
    Instant at = askAt;
    for (Waiter waiter : waiting) {
      at = earlier(at, waiter.deadline());
    }
    return at;
  }

  /**
   * Removes waiters that have an answer or have given up. If one of them may have paid without an
   * answer, the next one with the same cost inherits the request. For a new first waiter, a request
   * is sent at once.
   */
  void dropGone() {
    for (Waiter waiter : waiting) {
      if (waiter.isGone() && waiter.isUnanswered()) {
        heir(waiter).ifPresent(heir -> heir.inherit(waiter));
      }
    }
    waiting.removeIf(Waiter::isGone);
    if (waiting.isEmpty()) {
      failure = null;
    }
    if (failure == null && waiting.peekFirst() != denied) {
      reset();
    }
  }

  /**
   * Returns the first waiter with the same cost as one that is gone that has not sent a request
   * yet.
   */
  Optional<Waiter> heir(Waiter gone) {
    return waiting.stream()
        .filter(waiter -> waiter.request().charges().equals(gone.request().charges()))
        .filter(waiter -> !waiter.isGone() && !waiter.isUnanswered())
        .findFirst();
  }

  /** Returns the refusals of waiters whose deadline has passed or who would wait in vain. */
  List<Runnable> refusals(Instant now) {
    List<Runnable> answers = new ArrayList<>();
    AcquireResult told = denial;
    QueueUnavailableException away = failure;
    for (Waiter waiter : waiting) {
      if (away != null && !waiter.deadline().isAfter(now)) {
        answers.add(() -> waiter.answer().completeExceptionally(away));
      } else if (told != null && isInVain(waiter, told, now)) {
        answers.add(() -> waiter.answer().complete(told));
      }
    }
    return answers;
  }

  /** Makes the next request for the first waiter go at once. */
  void reset() {
    failure = null;
    denied = null;
    denial = null;
    askAt = Instant.MIN;
  }

  void deny(Waiter waiter, AcquireResult result, Instant now) {
    denied = waiter;
    denial = result;
    failure = null;
    askAt = earlier(earliest(result).orElse(now.plus(IDLE_POLL)), now.plus(LONGEST_TRUST));
  }

  void fail(Waiter waiter, QueueUnavailableException away, Instant again) {
    denied = waiter;
    denial = null;
    failure = away;
    askAt = again;
  }
}
