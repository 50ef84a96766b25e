package io.ratelimit.core.handler;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.LimitKey;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Describes why an attempt failed, and what that means for the event and for everyone else.
 * Immutable.
 *
 * @param reaction what to do
 * @param kind one of a few words, fit for a metric: the simple name of the exception that decided,
 *     or {@code timeout}, {@code interrupted}, {@code no-handler}, {@code never-settled}, {@code
 *     worker-lost}
 * @param reason what went wrong, for people: goes to the failed queue, at most 1000 characters
 * @param after how long everyone or a key pauses, or how long until the next attempt; empty if the
 *     {@link RetryPolicy} decides, and if there is no further attempt
 * @param pausedKey the only key that pauses; empty unless the reaction is {@link
 *     Reaction#PAUSE_KEY}
 * @param cause what the handler threw or its stage failed with, including everything that wraps it;
 *     empty if the handler threw nothing
 */
public record Failure(
    Reaction reaction,
    String kind,
    String reason,
    Optional<Duration> after,
    Optional<LimitKey> pausedKey,
    Optional<Throwable> cause) {

  private static final int LONGEST_REASON = 1_000;

  /** What to do about a failure. */
  public enum Reaction {
    /** Another attempt is made, as long as the {@link RetryPolicy} allows one. */
    RETRY,
    /**
     * Nothing starts for a time, in any process; the event is retried, and the attempt does not
     * count.
     */
    PAUSE_EVERYONE,
    /**
     * Nothing of one key of a named limit starts for a time; the event is retried, and the attempt
     * does not count.
     */
    PAUSE_KEY,
    /** The event goes to the failed queue. */
    FAIL
  }

  /**
   * Creates a failure.
   *
   * @throws IllegalArgumentException if the kind is blank, a pause or its key is missing, a pause
   *     is not more than zero, a time to the next attempt is negative, or an event that failed has
   *     a time
   */
  public Failure {
    requireNonNull(reaction, "reaction");
    requireNonNull(cause, "cause");
    if (pausedKey.isPresent() != (reaction == Reaction.PAUSE_KEY)) {
      throw new IllegalArgumentException(
          "the reaction PAUSE_KEY needs a key, and no other reaction may have one, but the key is "
              + pausedKey.map(LimitKey::toString).orElse("none")
              + " with "
              + reaction);
    }
    kind = Requirements.notBlank("kind", kind);
    reason = cut(reason);
    after =
        switch (reaction) {
          case RETRY -> after.map(delay -> Requirements.notNegative("delay", delay));
          case PAUSE_EVERYONE, PAUSE_KEY ->
              Optional.of(Requirements.positive("pause", after.orElse(Duration.ZERO)));
          case FAIL -> {
            if (after.isPresent()) {
              throw new IllegalArgumentException(
                  "an event that failed has no next attempt, but one after " + after.get());
            }
            yield after;
          }
        };
  }

  /** Returns a failure that is retried when the retry policy says so. */
  public static Failure retry(Throwable cause) {
    return of(Reaction.RETRY, cause, cause, null);
  }

  /**
   * Returns a failure that is retried after a given time.
   *
   * @throws IllegalArgumentException if the delay is negative
   */
  public static Failure retryAfter(Duration delay, Throwable cause) {
    return of(Reaction.RETRY, cause, cause, requireNonNull(delay, "delay"));
  }

  /**
   * Returns a failure that stops all starts for a time.
   *
   * @throws IllegalArgumentException if the pause is not more than zero
   */
  public static Failure pauseEveryone(Duration pause, Throwable cause) {
    return of(Reaction.PAUSE_EVERYONE, cause, cause, requireNonNull(pause, "pause"));
  }

  /**
   * Returns a failure that stops all starts of one key for a time.
   *
   * @throws IllegalArgumentException if the pause is not more than zero
   */
  public static Failure pauseKey(LimitKey key, Duration pause, Throwable cause) {
    return pauseKey(key, pause, cause, cause);
  }

  static Failure pauseKey(LimitKey key, Duration pause, Throwable deciding, Throwable thrown) {
    Failure named = of(Reaction.RETRY, deciding, thrown, null);
    return new Failure(
        Reaction.PAUSE_KEY,
        named.kind,
        named.reason,
        Optional.of(pause),
        Optional.of(key),
        named.cause);
  }

  /** Returns a failure that is not retried. */
  public static Failure permanent(Throwable cause) {
    return of(Reaction.FAIL, cause, cause, null);
  }

  /**
   * Returns a failure without an exception that is retried.
   *
   * @throws IllegalArgumentException if the kind is blank
   */
  public static Failure of(String kind, String reason) {
    return new Failure(
        Reaction.RETRY, kind, reason, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Returns a failure with this reaction, named and described by the deciding exception. */
  static Failure of(
      Reaction reaction, Throwable deciding, Throwable thrown, @Nullable Duration after) {
    String kind = name(deciding);
    String message = message(deciding);
    return new Failure(
        reaction,
        kind,
        kind + (message == null ? "" : ": " + message),
        Optional.ofNullable(after),
        Optional.empty(),
        Optional.of(thrown));
  }

  /** Returns whether this failure stops all starts for a time. */
  public boolean pausesEveryone() {
    return reaction == Reaction.PAUSE_EVERYONE;
  }

  /** Returns how long until the next attempt, if the handler says so. */
  public Optional<Duration> retryAfter() {
    return reaction == Reaction.RETRY ? after : Optional.empty();
  }

  /** Returns the name of an exception; an anonymous class has none. */
  private static String name(Throwable failure) {
    Class<?> type = failure.getClass();
    while (type.getSimpleName().isEmpty()) {
      type = type.getSuperclass();
    }
    return type.getSimpleName();
  }

  /** Returns the message; a host's own exception may throw instead. */
  private static @Nullable String message(Throwable failure) {
    try {
      return failure.getMessage();
    } catch (RuntimeException | Error broken) {
      return "its message cannot be read: " + broken.getClass().getName();
    }
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON - 1) + "…";
  }
}
