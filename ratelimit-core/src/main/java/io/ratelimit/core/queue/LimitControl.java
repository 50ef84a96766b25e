package io.ratelimit.core.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;

/**
 * Reads and changes the limit of a queue. A change holds for every client of the queue from the
 * next take on; of two changes the later one wins. Each method returns the settings as they are
 * then.
 *
 * <p>Thread-safe. Methods may block on the queue's store.
 */
public interface LimitControl {

  /** The settings now. */
  LimitSettings settings();

  /**
   * Sets the normal limit. Starts already made count against it. Waiting events that weigh more
   * than its permits go to the failed queue when they are next.
   */
  @CanIgnoreReturnValue
  LimitSettings changeLimit(RateLimit normal);

  /**
   * Raises the limit for a while. Declaring it again moves its end; it lapses by itself when nobody
   * does. While it holds, an event that weighs more than its permits goes to the failed queue when
   * it is next, as under a lowered normal limit: give it at least the normal limit's permits.
   *
   * @param limit the raised limit; it holds while it is faster than the normal one
   * @param duration for how long from now: more than zero
   * @throws IllegalArgumentException if the duration is not more than zero
   */
  @CanIgnoreReturnValue
  LimitSettings declareEmergency(RateLimit limit, Duration duration);

  /** Goes back to the normal limit now. Does nothing without an emergency. */
  @CanIgnoreReturnValue
  LimitSettings endEmergency();

  /** Pauses all starts until {@link #resume()}. */
  @CanIgnoreReturnValue
  LimitSettings pause();

  /**
   * Pauses all starts for a time, for example because an API said when to come back. A longer pause
   * that holds already stays.
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
