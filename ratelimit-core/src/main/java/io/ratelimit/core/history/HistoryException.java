package io.ratelimit.core.history;

/**
 * Thrown when a history cannot be read or cannot keep a round. The message says which, and why.
 * Rounds kept before are not affected.
 */
public class HistoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception without a cause. */
  public HistoryException(String message) {
    super(message);
  }

  /** Creates an exception with a cause. */
  public HistoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
