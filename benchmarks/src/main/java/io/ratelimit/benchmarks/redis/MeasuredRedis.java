package io.ratelimit.benchmarks.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** This program's own Redis server, without persistence, whose usage is measured. */
final class MeasuredRedis implements AutoCloseable {

  private static final Pattern PROCESSOR_SECONDS =
      Pattern.compile("(?m)^used_cpu_(?:sys|user):([0-9.]+)");

  private static final Pattern USED_MEMORY = Pattern.compile("(?m)^used_memory:([0-9]+)");

  private final LocalRedis server;

  private MeasuredRedis(LocalRedis server) {
    this.server = server;
  }

  /**
   * Starts a server: {@code redis-server} on the path, or the program in RATELIMIT_REDIS_SERVER.
   */
  static MeasuredRedis start() {
    return new MeasuredRedis(LocalRedis.start());
  }

  int port() {
    return server.port();
  }

  String uri() {
    return server.uri();
  }

  /** Asks the server over a separate connection. */
  <T> T ask(Function<RedisCommands<String, String>, T> question) {
    RedisClient client = RedisClient.create(uri());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.setTimeout(Duration.ofSeconds(30));
      return question.apply(connection.sync());
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  /** Returns the server's CPU time in microseconds. */
  double processorMicros() {
    Matcher matcher = PROCESSOR_SECONDS.matcher(ask(redis -> redis.info("cpu")));
    double seconds = 0;
    while (matcher.find()) {
      seconds += Double.parseDouble(matcher.group(1));
    }
    return seconds * 1e6;
  }

  /** Returns the memory of its data in bytes, once deleted data is gone. */
  long memory() {
    Matcher matcher = USED_MEMORY.matcher(ask(redis -> redis.info("memory")));
    if (!matcher.find()) {
      throw new IllegalStateException("Redis does not say how much memory it uses");
    }
    return Long.parseLong(matcher.group(1));
  }

  /** Empties the server before the next measurement. */
  void flush() {
    String unused = ask(RedisCommands::flushall);
  }

  @Override
  public void close() {
    server.close();
  }
}
