package io.ratelimit.core.queue;

/**
 * The queue's store did not answer. Trying again later may help; the message says whether the call
 * may have taken effect.
 */
public class QueueUnavailableException extends QueueException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception. */
  public QueueUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
