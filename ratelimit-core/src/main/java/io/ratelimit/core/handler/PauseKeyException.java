package io.ratelimit.core.handler;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.LimitKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler: the API refuses one key for a time, for example a banned account. No process
 * starts anything that is charged to this key of a {@linkplain io.ratelimit.core.queue.Limits named
 * limit} until then; everything else continues. The event is processed again; this attempt does not
 * count. This also works inside any other exception.
 *
 * <p>The key must apply to the event, or the event is taken again at once. If the queue has no such
 * limit, only the event is retried after that time, and the attempt counts.
 */
public class PauseKeyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String limit;
  private final String key;
  private final Duration pause;

  /**
   * Creates an exception without a cause.
   *
   * @param key what is refused
   * @param pause how long nothing of it may start: more than zero
   * @param message why
   * @throws IllegalArgumentException if the pause is not more than zero
   */
  public PauseKeyException(LimitKey key, Duration pause, String message) {
    this(key, pause, message, null);
  }

  /**
   * Creates an exception.
   *
   * @param key what is refused
   * @param pause how long nothing of it may start: more than zero
   * @param message why
   * @param cause what the client threw
   * @throws IllegalArgumentException if the pause is not more than zero
   */
  public PauseKeyException(
      LimitKey key, Duration pause, String message, @Nullable Throwable cause) {
    super(requireNonNull(message, "message"), cause);
    this.limit = key.limit();
    this.key = key.key();
    this.pause = Requirements.positive("pause", pause);
  }

  /** Returns what is refused. */
  public LimitKey key() {
    return new LimitKey(limit, key);
  }

  /** Returns how long nothing of it may start. */
  public Duration pause() {
    return pause;
  }
}
