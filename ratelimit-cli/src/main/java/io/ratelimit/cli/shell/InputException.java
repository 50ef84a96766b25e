package io.ratelimit.cli.shell;

/** What a user gave cannot be worked with; the message says what, why, and what to do. */
public final class InputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public InputException(String message) {
    super(message);
  }
}
