package io.ratelimit.cli;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.cli.server.EmbeddedRedis;
import java.io.IOException;
import java.util.List;

/** A Redis server on this machine's loopback address, for the tests of one class. */
public final class LocalRedis implements AutoCloseable {

  private final EmbeddedRedis server;

  private LocalRedis(EmbeddedRedis server) {
    this.server = server;
  }

  /** Starts one without persistence, with further settings. */
  public static LocalRedis start(String... settings) throws IOException {
    return new LocalRedis(EmbeddedRedis.start(settings));
  }

  public static int freePort() throws IOException {
    return EmbeddedRedis.freePort();
  }

  public String uri() {
    return server.uri();
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

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }
}
