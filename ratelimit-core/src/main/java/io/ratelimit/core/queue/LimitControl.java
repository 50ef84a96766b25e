package io.ratelimit.core.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;

/**
 * Reads and changes the limit of a queue. A change holds for every client of the queue from the
 * next take on; of two changes the later one wins. Each method returns the resulting settings.
 *
 * <p>Thread-safe. Methods may block on the queue's store.
 */
public interface LimitControl {

  /** Returns the settings now. */
  LimitSettings settings();

  /**
   * Sets the normal limit. Starts already made count against it. Waiting events that weigh more
   * than its permits go to the failed queue when they are next.
   */
  @CanIgnoreReturnValue
  LimitSettings changeLimit(RateLimit normal);

  /**
   * Sets the ceiling: the most that demands can raise the limit to. It also bounds existing demands
   * from now on. Set it at the beginning, because it also bounds what the queue must assume about a
   * past that it lost.
   */
  @CanIgnoreReturnValue
  LimitSettings changeCeiling(RateLimit ceiling);

  /**
   * Removes the ceiling, so demands raise the limit as far as they say. Does nothing without a
   * ceiling.
   */
  @CanIgnoreReturnValue
  LimitSettings removeCeiling();

  /**
   * States that an owner wants a higher limit for a while. The highest limit that anyone demands,
   * up to the ceiling, is in force while it is faster than the normal one. Demanding again replaces
   * the owner's demand, and moves its end; it lapses by itself when the owner does not. A demand
   * that leaves the limit in force as it is disturbs nobody.
   *
   * <p>An event that weighs more than the raised limit's permits waits until the raise is over.
   *
   * @param owner whose demand it is, the same each time: 1 to {@value
   *     io.ratelimit.core.limit.LimitSettings.Demand#MAX_OWNER_LENGTH} characters without control
   *     characters
   * @param limit what is wanted
   * @param duration for how long from now, by the queue's clock: more than zero
   * @throws IllegalArgumentException if the owner is invalid or the duration is not more than zero
   */
  @CanIgnoreReturnValue
  LimitSettings demand(String owner, RateLimit limit, Duration duration);

  /**
   * Withdraws an owner's demand. Demands of other owners stay. Does nothing without one.
   *
   * @throws IllegalArgumentException if the owner is invalid
   */
  @CanIgnoreReturnValue
  LimitSettings endDemand(String owner);

  /** Pauses all starts until {@link #resume()}. */
  @CanIgnoreReturnValue
  LimitSettings pause();

  /**
   * Pauses all starts for a time, for example because an API asked for it. A longer pause stays.
   *
   * @param duration from now: more than zero
   * @throws IllegalArgumentException if the duration is not more than zero
   */
  @CanIgnoreReturnValue
  LimitSettings pauseFor(Duration duration);

  /** Ends a pause. Does nothing without one. */
  @CanIgnoreReturnValue
  LimitSettings resume();
}
