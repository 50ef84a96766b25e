package io.ratelimit.http.answer;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.util.Optional;

/** The meaning of an answer for its event and for all others. */
public sealed interface Verdict {

  /** Returns whether the API says that requests come too fast: the limit should be lower. */
  default boolean isTooFast() {
    return false;
  }

  /** Returns the verdict that the event is done. */
  static Verdict done() {
    return new Done();
  }

  /** Returns the verdict that the event is retried as the retry policy decides. */
  static Verdict retry(String why) {
    return new Retry(Optional.empty(), why);
  }

  /** Returns the verdict that everyone pauses for a time. */
  static Verdict pause(Cause cause, Optional<Duration> duration, String why) {
    return new Pause(Scope.EVERYONE, cause, duration, why);
  }

  /** Returns the verdict that the event's key pauses for a time. */
  static Verdict pauseKey(Cause cause, Optional<Duration> duration, String why) {
    return new Pause(Scope.KEY, cause, duration, why);
  }

  /** Returns the verdict that the event fails for good. */
  static Verdict fail(String why) {
    return new Fail(why);
  }

  /** To whom a pause applies. For one event alone, use {@link Retry}. */
  enum Scope {
    /** All events of the queue. */
    EVERYONE,
    /**
     * The events that share a key with this one, for example an account. If the handler knows no
     * such keys, everyone.
     */
    KEY
  }

  /** The reason for a pause. */
  enum Cause {
    /** There were too many requests. */
    TOO_FAST,
    /** There were still too many requests after the API had said so. */
    BANNED,
    /** The API is down for everyone. */
    UNAVAILABLE,
    /** The API does not accept the credentials. */
    NOT_ADMITTED
  }

  /** The event is done. */
  record Done() implements Verdict {}

  /**
   * The attempt failed and counts, and the event is retried.
   *
   * @param after how long until the retry, if the API says so: 0 or more; otherwise the retry
   *     policy decides
   * @param why an explanation in addition to the answer; may be empty
   */
  record Retry(Optional<Duration> after, String why) implements Verdict {

    /**
     * Creates a verdict.
     *
     * @throws IllegalArgumentException if the time is negative
     */
    public Retry {
      after = after.map(time -> Requirements.notNegative("time to the next attempt", time));
      requireNonNull(why, "why");
    }
  }

  /**
   * Requests pause for a time, in any process; the attempt does not count.
   *
   * @param scope to whom it applies
   * @param cause the reason
   * @param duration how long, if the API says so: 0 or more, where less than a second counts as
   *     one; otherwise the cause determines it. If the next request is answered with a pause again,
   *     the pause grows
   * @param why an explanation in addition to the answer; may be empty
   */
  record Pause(Scope scope, Cause cause, Optional<Duration> duration, String why)
      implements Verdict {

    /**
     * Creates a verdict.
     *
     * @throws IllegalArgumentException if the duration is negative
     */
    public Pause {
      requireNonNull(scope, "scope");
      requireNonNull(cause, "cause");
      duration = duration.map(time -> Requirements.notNegative("pause", time));
      requireNonNull(why, "why");
    }

    @Override
    public boolean isTooFast() {
      return cause == Cause.TOO_FAST || cause == Cause.BANNED;
    }
  }

  /**
   * Refused for a reason that concerns either this event or everyone: the first two in a row fail
   * their events, the third pauses everyone.
   *
   * @param why an explanation in addition to the answer; may be empty
   */
  record Refuse(String why) implements Verdict {

    /** Creates a verdict. */
    public Refuse {
      requireNonNull(why, "why");
    }
  }

  /**
   * The event fails for good.
   *
   * @param why an explanation in addition to the answer; may be empty
   */
  record Fail(String why) implements Verdict {

    /** Creates a verdict. */
    public Fail {
      requireNonNull(why, "why");
    }
  }
}
