package io.ratelimit.core.queue;

/**
 * The queue's store did not answer, or refuses for a reason that passes, by itself or when somebody
 * does something about it. Trying again later helps; the message says whether the call may have
 * taken effect, and what to do or to wait for.
 */
public class QueueUnavailableException extends QueueException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception. */
  public QueueUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
