package io.ratelimit.core.queue;

import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Reads and changes the named limits of a queue, and returns the state of their keys. A change
 * holds for every client of the queue from the next take on; of two changes the later one wins.
 *
 * <p>Thread-safe. Methods may block on the queue's store.
 */
public interface NamedLimitControl {

  /** Returns the limits that are set, by name. */
  List<NamedLimit> limits();

  /**
   * Sets a limit: a new one, or one that replaces the limit with the same name. Starts already made
   * count against it, and unknown starts count as if they filled it. Waiting events that cost more
   * than it ever admits go to the failed queue when their turn comes.
   *
   * @throws IllegalArgumentException if it is one more than {@link Limits#MAX_LIMITS}
   */
  void set(NamedLimit limit);

  /**
   * Returns all settings of a limit, including overrides and demands; empty if there is no limit
   * with this name.
   */
  Optional<NamedLimitSettings> settings(String limit);

  /**
   * Gives some keys other windows than the limit's, replacing an earlier override of the same keys.
   * If a key matches several overrides, the most precise one counts: the one of this key alone,
   * then the longest pattern, and of equally long ones the one that was set last. Starts already
   * made count, as for {@link #set}. While an override has the longest window of the limit, the
   * starts of all its keys are remembered for so long.
   *
   * @param windows all hold at once: 1 to {@value NamedLimit#MAX_WINDOWS}, no two of the same
   *     length
   * @throws IllegalArgumentException if no limit of this name is set, there are too many windows or
   *     none, or it is one more override than {@value NamedLimitSettings#MAX_OVERRIDES}
   */
  void override(KeyPattern keys, List<RateLimit> windows);

  /**
   * Removes the override of these keys, by the same pattern. Does nothing without one.
   *
   * @throws IllegalArgumentException if no limit of this name is set
   */
  void removeOverride(KeyPattern keys);

  /**
   * States that an owner wants higher windows for a while. Each window of a key is raised to the
   * highest one of its length that anyone demands for the key, up to the {@linkplain
   * NamedLimit#ceiling ceiling} of that length, while that is faster than the normal one; without a
   * ceiling it is not raised. Demanding again replaces the owner's demand for the same keys, and
   * moves its end; it lapses by itself when the owner does not. A demand that only moves its end
   * disturbs nobody.
   *
   * @param keys for which keys, {@link KeyPattern#all} for all of the limit
   * @param owner whose demand it is, the same each time: 1 to {@value
   *     io.ratelimit.core.limit.LimitSettings.Demand#MAX_OWNER_LENGTH} characters without control
   *     characters
   * @param windows the wanted windows, each instead of the window of the same length
   * @param duration for how long from now, by the queue's clock: more than zero
   * @throws IllegalArgumentException if no limit of this name is set, the owner has another form,
   *     there are too many windows or none, or the duration is not more than zero
   */
  void demand(KeyPattern keys, String owner, List<RateLimit> windows, Duration duration);

  /**
   * Withdraws an owner's demand for these keys. Other demands stay. Does nothing without one.
   *
   * @throws IllegalArgumentException if no limit of this name is set, or the owner has another form
   */
  void endDemand(KeyPattern keys, String owner);

  /**
   * Pauses the starts of one key until {@link #resume}, for example of a banned account; other keys
   * continue.
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
   * Returns the state of one key; empty if the key is not active: nothing waits, is in flight or
   * paused, and its starts have left every window.
   */
  Optional<KeyStats> key(LimitKey key);

  /**
   * Returns a page of the active keys of a limit, in the order of their names.
   *
   * @param limit the name of the limit
   * @param after the last key of the page before; empty for the first page
   * @param max 1 to {@link EventQueue#MAX_PAGE}
   * @throws IllegalArgumentException if {@code max} is outside its range
   */
  List<KeyStats> keys(String limit, Optional<String> after, int max);

  /**
   * The state of one key of a named limit at one moment.
   *
   * @param key the key
   * @param windows the windows in force for it: the limit's own or those of an override, raised
   *     where somebody demands it
   * @param held what the starts in each window cost, in the same order
   * @param inFlight how many attempts are in flight, including events that wait for a retry if
   *     these count; 0 for a limit without a bound
   * @param pause the pause that holds, if one does
   * @param latestStart when the latest attempt that is remembered was started
   * @param nextStart when this limit admits the next start with a cost of 1; empty if that is
   *     unknown, because it is paused until somebody resumes, or because the maximum number of
   *     attempts is in flight
   */
  record KeyStats(
      LimitKey key,
      List<RateLimit> windows,
      List<Long> held,
      int inFlight,
      Optional<Pause> pause,
      Optional<Instant> latestStart,
      Optional<Instant> nextStart) {

    /** Copies the lists. */
    public KeyStats {
      windows = List.copyOf(windows);
      held = List.copyOf(held);
    }
  }
}
