package io.ratelimit.cli.server;

import java.io.IOException;

/** Somebody else listens at a port that was free when it was chosen. */
final class PortTakenException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * @param told what the server said of it
   */
  PortTakenException(String told) {
    super("a port that was free is now taken: " + told);
  }
}
