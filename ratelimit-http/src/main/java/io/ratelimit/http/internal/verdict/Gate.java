package io.ratelimit.http.internal.verdict;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Lets requests through to an API until it wants a pause, and then one at a time until that one is
 * answered otherwise. Each pause in a row is at least twice as long as the one before. What one
 * process remembers: the pause itself is the queue's, for all of them. Thread-safe.
 */
public final class Gate {

  /** No pause grows beyond this, unless the API itself says so. */
  static final Duration LONGEST_GROWN = Duration.ofHours(1);

  /** For how long those stay away who come while somebody else asks. */
  static final Duration WHILE_ASKING = Duration.ofSeconds(1);

  /**
   * How long it may take until a pause is in force in the queue. Whoever comes later was let in.
   */
  static final Duration TAKING_EFFECT = Duration.ofSeconds(2);

  private boolean closed;
  private boolean asking;
  private long pauses;
  private Instant closedAt = Instant.MIN;
  private Instant until = Instant.MIN;
  private Duration last = Duration.ZERO;

  /**
   * Whether a request may be made.
   *
   * @param pauses how many there were when it was made
   * @param stayAway for how long none may; empty if this one may
   */
  public record Entry(long pauses, Optional<Duration> stayAway) {}

  /** Returns whether a request may be made now. If so, one of the other methods must follow. */
  public synchronized Entry enter(Instant now) {
    if (!closed) {
      return new Entry(pauses, Optional.empty());
    }
    if (asking) {
      return new Entry(pauses, Optional.of(WHILE_ASKING));
    }
    if (now.isBefore(until) && now.isBefore(closedAt.plus(TAKING_EFFECT))) {
      return new Entry(pauses, Optional.of(Duration.between(now, until)));
    }
    asking = true;
    return new Entry(pauses, Optional.empty());
  }

  /**
   * Notes that the API wants a pause.
   *
   * @param wanted how long: more than zero
   * @return how long it is to be
   */
  public synchronized Duration pause(Entry entry, Instant now, Duration wanted) {
    if (entry.pauses() != pauses) {
      // It was on its way when the pause began.
      Instant end = now.plus(wanted);
      until = end.isAfter(until) ? end : until;
      return wanted;
    }
    Duration grown = closed ? min(last.multipliedBy(2), LONGEST_GROWN) : Duration.ZERO;
    Duration pause = wanted.compareTo(grown) < 0 ? grown : wanted;
    closed = true;
    asking = false;
    pauses++;
    closedAt = now;
    until = now.plus(pause);
    last = pause;
    return pause;
  }

  /**
   * Notes that the API answers again.
   *
   * @return whether everybody may ask now
   */
  @CanIgnoreReturnValue
  public synchronized boolean open(Entry entry) {
    if (entry.pauses() == pauses) {
      closed = false;
      asking = false;
    }
    return !closed;
  }

  /** Notes that a request told nothing about whether the API answers again. */
  public synchronized void leave(Entry entry) {
    if (entry.pauses() == pauses) {
      asking = false;
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
