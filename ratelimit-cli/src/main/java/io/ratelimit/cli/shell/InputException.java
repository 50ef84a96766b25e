package io.ratelimit.cli.shell;

import java.util.List;

/** What a user gave cannot be worked with; the message says what, why, and what to do. */
public final class InputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final List<String> details;

  public InputException(String message) {
    this(message, List.of());
  }

  /**
   * @param details each is shown below the message, on a line of its own
   */
  public InputException(String message, List<String> details) {
    super(message);
    this.details = List.copyOf(details);
  }

  public List<String> details() {
    return details;
  }
}
