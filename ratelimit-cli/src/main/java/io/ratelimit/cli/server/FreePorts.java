package io.ratelimit.cli.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds ports without a listener. They are not reserved: another process may take one first. */
interface FreePorts {

  /** Ports from the operating system. */
  FreePorts ANY =
      () -> {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
          return socket.getLocalPort();
        }
      };

  /** The most tries on ports that turn out to be taken. */
  int MOST_TRIES = 5;

  /** Finds a port. */
  int next() throws IOException;

  /** Starts a server on free ports. */
  interface Start<S> {
    /** Starts the server; throws {@link PortTakenException} if another process was faster. */
    S run() throws IOException, InterruptedException;
  }

  /** Starts a server, and retries on other ports if one was taken in the meantime. */
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
