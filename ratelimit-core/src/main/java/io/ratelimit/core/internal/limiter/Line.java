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
 * Those who wait for permits of the same limits and keys, in the order in which they came, and what
 * the one in front was told. Guarded by the lock of the {@link Lines}.
 */
final class Line {

  /** How long to trust that starts are paused until someone resumes, should a wake-up be lost. */
  private static final Duration IDLE_POLL = Duration.ofSeconds(2);

  /** How long any answer is trusted: a limit may have been raised, and the wake-up lost. */
  private static final Duration LONGEST_TRUST = Duration.ofSeconds(30);

  /** A queue tells of changes that mean nothing here, such as each publication. */
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(100);

  private final Deque<Waiter> waiting = new ArrayDeque<>();
  private Instant askedAt = Instant.MIN;
  private Instant askAt = Instant.MIN;
  // What the one in front was told last, for whom; null while it is being asked.
  private @Nullable AcquireResult denial;
  private @Nullable QueueUnavailableException failure;
  private @Nullable Waiter denied;

  static boolean isFinal(AcquireResult result) {
    return result instanceof AcquireResult.Granted || result instanceof AcquireResult.Never;
  }

  /** Returns whether one cannot be granted permits before its deadline unless a setting changes. */
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

  /** Returns what the one in front waits for, if that is known. */
  Optional<AcquireResult> denialAt(Instant now) {
    return now.isBefore(askAt) ? Optional.ofNullable(denial) : Optional.empty();
  }

  /** Something changed: asks again, but not much sooner than it asked last. */
  void askSoon() {
    askAt = earlier(askAt, askedAt.plus(BETWEEN_CHANGES));
  }

  /** Returns those to be asked for now, so many at most. */
  List<Waiter> toAsk(Instant now, int most) {
    if (now.isBefore(askAt) || most <= 0) {
      return List.of();
    }
    denial = null;
    askedAt = now;
    return waiting.stream().limit(most).toList();
  }

  /** Returns when something is to be done for it. */
  Instant wakeAt() {
    Instant at = askAt;
    for (Waiter waiter : waiting) {
      at = earlier(at, waiter.deadline());
    }
    return at;
  }

  /**
   * Forgets those who have an answer or have given up. What one of them may have paid for without
   * an answer is the next one's that wants as much. A new one in front is asked for at once.
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

  /** Returns the first that wants as much as one that is gone, and has asked for nothing yet. */
  Optional<Waiter> heir(Waiter gone) {
    return waiting.stream()
        .filter(waiter -> waiter.request().charges().equals(gone.request().charges()))
        .filter(waiter -> !waiter.isGone() && !waiter.isUnanswered())
        .findFirst();
  }

  /** Returns the answers to those whose time is over, or who would wait in vain. */
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

  /** Who is in front is to be asked for at once. */
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
