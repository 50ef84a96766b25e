package io.ratelimit.http.internal.verdict;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Lets requests through to an API until it wants a pause, and then one at a time until one gets a
 * different answer. Each consecutive pause is at least twice as long as the previous one. This is
 * the memory of one process; the pause itself is in the queue, for all processes. Thread-safe.
 */
public final class Gate {

  /** The longest pause, unless the API itself wants a longer one. */
  static final Duration LONGEST_GROWN = Duration.ofHours(1);

  /** How long others stay away while one request is in flight. */
  static final Duration WHILE_ASKING = Duration.ofSeconds(1);

  /**
   * How long a pause may take to be in force in the queue. Later requests were admitted after it.
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
   * @param pauses the number of pauses before it
   * @param stayAway how long to stay away; empty if the request may be made
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
   * @param wanted the wanted length: more than zero
   * @return the actual length
   */
  public synchronized Duration pause(Entry entry, Instant now, Duration wanted) {
    if (entry.pauses() != pauses) {
      // The request was in flight when the pause began.
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
   * @return whether all requests may be made now
   */
  @CanIgnoreReturnValue
  public synchronized boolean open(Entry entry) {
    if (entry.pauses() == pauses) {
      closed = false;
      asking = false;
    }
    return !closed;
  }

  /** Notes that a request did not tell whether the API answers again. */
  public synchronized void leave(Entry entry) {
    if (entry.pauses() == pauses) {
      asking = false;
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
