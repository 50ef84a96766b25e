package io.ratelimit.cli.shell;

import java.util.List;

/** Says that a user's input is invalid; the message says what, why, and what to do. */
public final class InputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final List<String> details;

  public InputException(String message) {
    this(message, List.of());
  }

  /**
   * @param details shown below the message, each on its own line
   */
  public InputException(String message, List<String> details) {
    super(message);
    this.details = List.copyOf(details);
  }

  public List<String> details() {
    return details;
  }
}
