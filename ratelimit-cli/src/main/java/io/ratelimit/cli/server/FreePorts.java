package io.ratelimit.cli.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Ports that nothing listens at. None is reserved: until a server listens there itself, another may
 * have come first.
 */
interface FreePorts {

  /** Those that the operating system names. */
  FreePorts ANY =
      () -> {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
          return socket.getLocalPort();
        }
      };

  /** How often a start is tried on ports that turn out to be taken. */
  int MOST_TRIES = 5;

  /** Finds another. */
  int next() throws IOException;

  /** Starts a server on such ports. */
  interface Start<S> {
    /** Throws {@link PortTakenException} if somebody was faster. */
    S run() throws IOException, InterruptedException;
  }

  /** Starts a server, and again on other ports if one was taken in the meantime. */
  default <S> S tried(Start<S> start) throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        return start.run();
      } catch (PortTakenException taken) {
        if (tries == MOST_TRIES) {
          throw taken;
        }
      }
    }
  }
}
