package io.ratelimit.core.queue;

/**
 * Thrown when a queue could not do what was requested. The message says what happened to the
 * events. Unless it is a {@link QueueUnavailableException}, retrying does not help until somebody
 * removes the cause.
 */
public class QueueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception without a cause. */
  public QueueException(String message) {
    super(message);
  }

  /** Creates an exception with a cause. */
  public QueueException(String message, Throwable cause) {
    super(message, cause);
  }
}
