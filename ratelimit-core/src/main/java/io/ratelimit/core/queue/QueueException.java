package io.ratelimit.core.queue;

/**
 * A queue could not do what it was asked. The message says what became of the events. Unless it is
 * a {@link QueueUnavailableException}, trying again changes nothing before a cause is removed by
 * hand.
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
