package io.ratelimit.core.queue;

/**
 * Thrown when the queue's store did not answer, or refuses for a temporary reason. Retrying later
 * helps; the message says whether the call may have taken effect, and what to do or to wait for.
 */
public class QueueUnavailableException extends QueueException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception. */
  public QueueUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
