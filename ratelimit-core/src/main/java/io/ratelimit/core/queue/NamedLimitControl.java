package io.ratelimit.core.queue;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads and changes the named limits of a queue, and says how their keys stand. A change holds for
 * every client of the queue from the next take on; of two changes the later one wins.
 *
 * <p>Thread-safe. Methods may block on the queue's store.
 */
public interface NamedLimitControl {

  /** The limits that are set, by name. */
  List<NamedLimit> limits();

  /**
   * Sets a limit: a new one, or in place of the one of its name. Starts already made count against
   * it, and those of which nothing is remembered any more count as if they filled it. Waiting
   * events that cost more than it ever admits go to the failed queue when they are next.
   *
   * @throws IllegalArgumentException if it is one more than {@link Limits#MAX_LIMITS}
   */
  void set(NamedLimit limit);

  /**
   * Pauses the starts of one key until {@link #resume}: an account is banned, and the others go on.
   *
   * @throws IllegalArgumentException if no limit of this name is set
   */
  void pause(LimitKey key);

  /**
   * Pauses the starts of one key for a time. A longer pause that holds already stays.
   *
   * @param duration from now: more than zero
   * @throws IllegalArgumentException if no limit of this name is set, or the duration is not more
   *     than zero
   */
  void pauseFor(LimitKey key, Duration duration);

  /** Ends the pause of one key. Does nothing without one. */
  void resume(LimitKey key);

  /**
   * How one key stands; empty if nothing is known of it that matters any more: nothing waits, is in
   * flight or paused, and its starts have left every window.
   */
  Optional<KeyStats> key(LimitKey key);

  /**
   * A page of the keys of a limit that matter, in the order of their names.
   *
   * @param limit the name of the limit
   * @param after the last key of the page before; empty for the first page
   * @param max 1 to {@link EventQueue#MAX_PAGE}
   * @throws IllegalArgumentException if {@code max} is outside its range
   */
  List<KeyStats> keys(String limit, Optional<String> after, int max);
}
