package io.ratelimit.examples.cli;

/** What a user gave cannot be worked with; the message says what, why, and what to do. */
final class InputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InputException(String message) {
    super(message);
  }
}
