package io.ratelimit.benchmarks.engine;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The usage of a Redis server up to a moment, or between two.
 *
 * @param micros the CPU time in microseconds
 * @param scripts the number of scripts that it ran
 */
record RedisUse(double micros, long scripts) {

  private static final Pattern SECONDS = Pattern.compile("(?m)^used_cpu_(?:sys|user):([0-9.]+)");
  private static final Pattern SCRIPTS = Pattern.compile("(?m)^cmdstat_evalsha:calls=([0-9]+)");

  /** Returns the usage up to now. */
  static RedisUse now(StatefulRedisConnection<String, String> connection) {
    double seconds = 0;
    Matcher cpu = SECONDS.matcher(connection.sync().info("cpu"));
    while (cpu.find()) {
      seconds += Double.parseDouble(cpu.group(1));
    }
    Matcher scripts = SCRIPTS.matcher(connection.sync().info("commandstats"));
    return new RedisUse(seconds * 1e6, scripts.find() ? Long.parseLong(scripts.group(1)) : 0);
  }

  RedisUse since(RedisUse begin) {
    return new RedisUse(micros - begin.micros, scripts - begin.scripts);
  }

  /** Returns a client for queues, as a host makes one: it repeats no command. */
  static RedisClient client(String uri) {
    RedisClient client = RedisClient.create(uri);
    client.setOptions(
        ClientOptions.builder().disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS).build());
    return client;
  }

  /** Returns a separate connection for these queries; closing the client closes it. */
  static StatefulRedisConnection<String, String> connect(RedisClient client) {
    StatefulRedisConnection<String, String> connection = client.connect();
    connection.setTimeout(Duration.ofSeconds(30));
    return connection;
  }
}
