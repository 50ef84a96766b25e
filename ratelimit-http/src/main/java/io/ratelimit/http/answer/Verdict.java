package io.ratelimit.http.answer;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.util.Optional;

/** What an answer means for its event, and for all others. */
public sealed interface Verdict {

  /** Returns whether the API says that requests come too fast: the limit should be lower. */
  default boolean isTooFast() {
    return false;
  }

  /** Returns the verdict that the event is done. */
  static Verdict done() {
    return new Done();
  }

  /** Returns the verdict that another attempt is to be made, as the retry policy has it. */
  static Verdict retry(String why) {
    return new Retry(Optional.empty(), why);
  }

  /** Returns the verdict that nobody may ask for a time. */
  static Verdict pause(Cause cause, Optional<Duration> duration, String why) {
    return new Pause(Scope.EVERYONE, cause, duration, why);
  }

  /** Returns the verdict that nobody may ask for a time on behalf of the event's key. */
  static Verdict pauseKey(Cause cause, Optional<Duration> duration, String why) {
    return new Pause(Scope.KEY, cause, duration, why);
  }

  /** Returns the verdict that no other attempt makes sense. */
  static Verdict fail(String why) {
    return new Fail(why);
  }

  /** Whom a pause holds for. An event alone waits with {@link Retry}. */
  enum Scope {
    /** All events of the queue. */
    EVERYONE,
    /**
     * The events that have a key in common with this one, an account for example. Where the handler
     * does not know of such keys, everyone.
     */
    KEY
  }

  /** Why nobody may ask. */
  enum Cause {
    /** There were too many requests. */
    TOO_FAST,
    /** There still were too many when the API had said so. */
    BANNED,
    /** The API is down for everybody. */
    UNAVAILABLE,
    /** The API does not accept who we are. */
    NOT_ADMITTED
  }

  /** The event is done. */
  record Done() implements Verdict {}

  /**
   * The attempt failed, and another is to be made. It counts.
   *
   * @param after when, if the API says so: 0 or more; else as the retry policy has it
   * @param why in words, beside the answer itself; may be empty
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
   * Nobody may ask for a time, in any process; the attempt does not count.
   *
   * @param scope whom that holds for
   * @param cause whether that is a matter of speed
   * @param duration how long, if the API says so: 0 or more, where less than a second counts as
   *     one; else it is chosen by the cause. When the first request thereafter is answered with a
   *     pause again, the pause grows
   * @param why in words, beside the answer itself; may be empty
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
   * Refused for a reason that is either this event's own or everybody's: the first two in a row
   * fail their events, the third pauses everyone.
   *
   * @param why in words, beside the answer itself; may be empty
   */
  record Refuse(String why) implements Verdict {

    /** Creates a verdict. */
    public Refuse {
      requireNonNull(why, "why");
    }
  }

  /**
   * No other attempt makes sense.
   *
   * @param why in words, beside the answer itself; may be empty
   */
  record Fail(String why) implements Verdict {

    /** Creates a verdict. */
    public Fail {
      requireNonNull(why, "why");
    }
  }
}
