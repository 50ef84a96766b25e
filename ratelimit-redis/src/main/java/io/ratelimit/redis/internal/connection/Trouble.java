package io.ratelimit.redis.internal.connection;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What speaks against the connections in use, and when to replace them. Reads no clock; not
 * thread-safe.
 */
final class Trouble {

  /** How many calls in a row are left unanswered by a connection that is taken for silent. */
  static final int SILENCE = 3;

  /** How long a lost connection may take to come back by itself. */
  static final Duration COMES_BACK = Duration.ofSeconds(1);

  /** How far apart attempts begin. */
  static final Duration INTERVAL = Duration.ofSeconds(2);

  /** When another attempt begins, though one still has no result. */
  static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(10);

  private int unanswered;
  private Optional<Instant> lostSince = Optional.empty();
  private Optional<Instant> attemptedAt = Optional.empty();
  private boolean attempting;

  /** A call was answered: all is well. */
  void answered() {
    unanswered = 0;
    lostSince = Optional.empty();
  }

  /**
   * A call was not answered in time.
   *
   * @return whether to make an attempt at other connections now
   */
  boolean unanswered(Instant now) {
    unanswered++;
    return unanswered >= SILENCE && attempt(now);
  }

  /** A call was not sent, as the connection is lost; returns the same. */
  boolean lost(Instant now) {
    if (lostSince.isEmpty()) {
      lostSince = Optional.of(now);
    }
    return !lostSince.get().plus(COMES_BACK).isAfter(now) && attempt(now);
  }

  /** A connection is of no use as it is; returns the same. */
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

  /** An attempt failed. */
  void attemptFailed() {
    attempting = false;
  }

  /** An attempt succeeded: other connections are in use from now on. */
  void replaced() {
    attempting = false;
    answered();
  }
}
