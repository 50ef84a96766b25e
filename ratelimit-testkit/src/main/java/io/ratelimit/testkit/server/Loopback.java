package io.ratelimit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Ports of this machine's loopback address, {@code 127.0.0.1}. */
public final class Loopback {

  static final String ADDRESS = "127.0.0.1";

  /**
   * Finds a port that nothing listens on: for a server to come, or for a server that must not be
   * there. The port is not reserved.
   *
   * @throws UncheckedIOException if there is none
   */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, address())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("there is no free port on " + ADDRESS, e);
    }
  }

  private static InetAddress address() throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  static InetSocketAddress at(int port) throws UnknownHostException {
    return new InetSocketAddress(address(), port);
  }

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, address())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private Loopback() {}
}
