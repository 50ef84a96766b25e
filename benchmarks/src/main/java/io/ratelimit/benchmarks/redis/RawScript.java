package io.ratelimit.benchmarks.redis;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures redis-benchmark with two bare scripts that make the writes of a take and of a settle
 * without any decision: the most that a queue with as many writes could reach on this machine.
 */
final class RawScript {

  /** Two calls make one event: key, id, lease. */
  static final String SCRIPT =
      """
      local k = KEYS[1]
      if redis.call('HINCRBY', k .. 'm', 'n', 1) % 2 == 1 then
        redis.call('HMGET', k .. 'm', 'a', 'b', 'c', 'd')
        redis.call('HMGET', k .. 'l', ARGV[1])
        redis.call('ZRANGEBYSCORE', k .. 'd', '-inf', 0, 'LIMIT', 0, 100)
        redis.call('ZRANGEBYSCORE', k .. 'x', '-inf', 0, 'LIMIT', 0, 100)
        redis.call('ZRANGE', k .. 'p', 0, 0)
        redis.call('HMGET', k .. 'e', ARGV[1])
        redis.call('HMGET', k .. 'a', ARGV[1])
        redis.call('ZREMRANGEBYRANK', k .. 'p', 0, 0)
        redis.call('HINCRBY', k .. 't', 'type', -1)
        redis.call('ZADD', k .. 'x', 1, ARGV[1])
        redis.call('HSET', k .. 'l', ARGV[1], ARGV[2])
        redis.call('HSET', k .. 'a', ARGV[1], 1)
        redis.call('ZADD', k .. 's', 1, ARGV[1])
        redis.call('HSET', k .. 'm', 'a', 1, 'b', 2, 'c', 3, 'd', 4)
        return { 'taken', ARGV[1], ARGV[2] }
      end
      redis.call('HMGET', k .. 'm', 'a', 'b', 'c', 'd')
      redis.call('HGET', k .. 'l', ARGV[1])
      redis.call('ZREM', k .. 'x', ARGV[1])
      redis.call('HDEL', k .. 'l', ARGV[1])
      redis.call('HDEL', k .. 'e', ARGV[1])
      redis.call('HDEL', k .. 'a', ARGV[1])
      redis.call('HINCRBY', k .. 'm', 'done', 1)
      return 1
      """;

  static final String TOKEN = "0b6ff4a2-3f6e-4bb4-a3be-0f2f9b2f1c11#0";
  static final String LEASE = "1764000000000000 1 10 event-1234benchmark";

  private static final String PROGRAM = "redis-benchmark";

  // The last line has the command and its calls per second, both quoted, and more.
  private static final Pattern RATE = Pattern.compile("\"EVALSHA[^\n]*?\",\"([0-9.]+)\"");

  private final MeasuredRedis redis;
  private final String digest;

  /** Returns why it cannot be measured, if it cannot. */
  static Optional<String> obstacle() {
    return Programs.canRun(PROGRAM)
        ? Optional.empty()
        : Optional.of(
            "The bare scripts are left out: there is no \"" + PROGRAM + "\" on the path.");
  }

  RawScript(MeasuredRedis redis) {
    this.redis = redis;
    this.digest = redis.ask(commands -> commands.scriptLoad(SCRIPT));
  }

  /** Measures calls, two of which make one event. */
  Rate rate(int clients, int calls) throws IOException, InterruptedException {
    double redisSince = redis.processorMicros();
    double callsPerSecond = callsPerSecond(clients, calls);
    double redisMicros = redis.processorMicros() - redisSince;
    return new Rate(calls / 2, Math.round(calls * 1e9 / callsPerSecond), redisMicros);
  }

  private double callsPerSecond(int clients, int calls) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            PROGRAM,
            "-p",
            Integer.toString(redis.port()),
            "-c",
            Integer.toString(clients),
            "-n",
            Integer.toString(calls),
            "--csv",
            "EVALSHA",
            digest,
            "1",
            "raw",
            TOKEN,
            LEASE);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = BullMq.output(process);
    int code = process.waitFor();
    Matcher rate = RATE.matcher(output);
    if (code != 0 || !rate.find()) {
      throw new IOException("redis-benchmark ended with " + code + ": " + output);
    }
    return Double.parseDouble(rate.group(1));
  }
}
