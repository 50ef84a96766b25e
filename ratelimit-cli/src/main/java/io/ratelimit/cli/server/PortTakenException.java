package io.ratelimit.cli.server;

import java.io.IOException;

/** Says that another process took a port that was free when it was chosen. */
final class PortTakenException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * @param told the server's message
   */
  PortTakenException(String told) {
    super("a port that was free is now taken: " + told);
  }
}
