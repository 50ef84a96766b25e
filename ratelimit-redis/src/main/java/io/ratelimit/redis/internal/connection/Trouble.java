package io.ratelimit.redis.internal.connection;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Collects evidence against the connections in use, and decides when to replace them. Reads no
 * clock; not thread-safe.
 */
final class Trouble {

  /** A connection counts as silent after this many unanswered calls in a row. */
  static final int SILENCE = 3;

  /** How long a lost connection may take to reconnect by itself. */
  static final Duration COMES_BACK = Duration.ofSeconds(1);

  /** The interval between the beginnings of attempts. */
  static final Duration INTERVAL = Duration.ofSeconds(2);

  /** The time after which another attempt begins although one still has no result. */
  static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(10);

  private int unanswered;
  private Optional<Instant> lostSince = Optional.empty();
  private Optional<Instant> attemptedAt = Optional.empty();
  private boolean attempting;

  /** Notes that a call was answered: all is well. */
  void answered() {
    unanswered = 0;
    lostSince = Optional.empty();
  }

  /**
   * Notes that a call was not answered in time.
   *
   * @return whether to attempt to replace the connections now
   */
  boolean unanswered(Instant now) {
    unanswered++;
    return unanswered >= SILENCE && attempt(now);
  }

  /**
   * Notes that a call was not sent because the connection is lost; returns whether to attempt a
   * replacement now.
   */
  boolean lost(Instant now) {
    if (lostSince.isEmpty()) {
      lostSince = Optional.of(now);
    }
    return !lostSince.get().plus(COMES_BACK).isAfter(now) && attempt(now);
  }

  /** Notes that a connection is unusable; returns whether to attempt a replacement now. */
  boolean unfit(Instant now) {
    return attempt(now);
  }

  private boolean attempt(Instant now) {
    Duration apart = attempting ? LONGEST_ATTEMPT : INTERVAL;
    if (attemptedAt.filter(at -> at.plus(apart).isAfter(now)).isPresent()) {
      return false;
    }
    attemptedAt = Optional.of(now);
    attempting = true;
    return true;
  }

  /** Notes that an attempt failed. */
  void attemptFailed() {
    attempting = false;
  }

  /** Notes that an attempt succeeded: new connections are in use. */
  void replaced() {
    attempting = false;
    answered();
  }
}
