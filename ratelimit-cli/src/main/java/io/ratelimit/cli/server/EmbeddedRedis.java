package io.ratelimit.cli.server;

import io.ratelimit.cli.shell.Causes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A Redis server of our own, on this machine's loopback address, which keeps nothing on disk. */
public final class EmbeddedRedis implements AutoCloseable {

  private final RedisServer server;
  private final int port;

  private EmbeddedRedis(RedisServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts one on a free port.
   *
   * @param settings further lines of its configuration
   * @throws IOException if the machine cannot run it
   */
  public static EmbeddedRedis start(String... settings) throws IOException {
    return startAt(freePort(), settings);
  }

  /** The same on a port. */
  public static EmbeddedRedis startAt(int port, String... settings) throws IOException {
    RedisServerBuilder builder =
        RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"");
    for (String setting : settings) {
      builder.setting(setting);
    }
    try {
      List<String> command = OwnSession.command(builder.buildCommandArgs());
      RedisServer server = new RedisServer(port, command, true);
      server.start();
      return new EmbeddedRedis(server, port);
    } catch (RuntimeException unsupported) {
      throw new IOException(Causes.told(unsupported), unsupported);
    }
  }

  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (IOException failure) {
      throw new UncheckedIOException("the embedded Redis cannot be stopped", failure);
    }
  }
}
