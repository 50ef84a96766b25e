package io.ratelimit.examples.cli;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import redis.embedded.RedisServer;

/** A Redis server on this machine's loopback address, for the tests of one class. */
public final class LocalRedis implements AutoCloseable {

  private final RedisServer server;
  private final int port;

  private LocalRedis(RedisServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /** Starts one without persistence, with further settings. */
  public static LocalRedis start(String... settings) throws IOException {
    int port = freePort();
    var builder = RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"");
    for (String setting : settings) {
      builder.setting(setting);
    }
    RedisServer server = builder.build();
    server.start();
    return new LocalRedis(server, port);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** All keys that it has. */
  public List<String> keys() {
    RedisClient client = RedisClient.create(uri());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      return connection.sync().keys("*");
    } finally {
      client.shutdown();
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}
