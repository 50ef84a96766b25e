package io.ratelimit.core.history;

/**
 * A history could not be read, or a round not be kept. The message says which, and why. What was
 * kept before is still there.
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
