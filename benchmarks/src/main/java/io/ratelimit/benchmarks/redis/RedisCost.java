package io.ratelimit.benchmarks.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.benchmarks.table.Table;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures the cost of each call of the queue in Redis, beside BullMQ, and prints tables: Redis's
 * own time for its scripts, its CPU time, the instructions that it executes, and the bytes of a
 * pending event. If {@code valgrind} is installed, instructions are counted; their number does not
 * depend on other load. It starts its own Redis servers, on the loopback address.
 */
public final class RedisCost {

  private static final String QUICK = "--quick";
  private static final String JSON = "--json";
  private static final String BULLMQ = "BullMQ, add and process";
  private static final Pattern SCRIPT_MICROS =
      Pattern.compile("(?m)^cmdstat_evalsha:calls=\\d+,usec=(\\d+)");
  private static final int PUBLISHED_AT_ONCE = 1_000;

  private final boolean quick;
  private final Map<String, CallCost> costs = new LinkedHashMap<>();
  private final Map<String, Double> bytes = new LinkedHashMap<>();

  private RedisCost(boolean quick) {
    this.quick = quick;
  }

  /**
   * Runs.
   *
   * @param arguments {@code --quick} for a run of some seconds; {@code --json} and a file for the
   *     figures as JSON
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> given = new ArrayList<>(List.of(arguments));
    boolean quick = given.remove(QUICK);
    int at = given.indexOf(JSON);
    Optional<Path> json = Optional.empty();
    if (at >= 0 && at + 1 < given.size()) {
      given.remove(at);
      json = Optional.of(Path.of(given.remove(at)));
    }
    if (!given.isEmpty()) {
      System.err.println("arguments are " + QUICK + " and " + JSON + " FILE");
      System.exit(2);
    }
    RedisCost cost = run(quick);
    if (json.isPresent()) {
      Files.writeString(json.get(), cost.json());
    }
    System.exit(0); // Ends threads that the clients leave behind.
  }

  /** Measures, and prints. */
  static RedisCost run(boolean quick) throws IOException, InterruptedException {
    System.out.printf(
        "Java %s, %d processors; one Redis on the loopback, without persistence%n",
        Runtime.version(), Runtime.getRuntime().availableProcessors());
    CountedRedis.obstacle().ifPresent(System.out::println);
    BullMq.obstacle().ifPresent(System.out::println);
    RedisCost cost = new RedisCost(quick);
    try (MeasuredRedis redis = MeasuredRedis.start()) {
      cost.time(redis);
      redis.flush();
      cost.memory(redis);
    }
    if (CountedRedis.obstacle().isEmpty()) {
      try (CountedRedis redis = CountedRedis.start()) {
        cost.count(redis);
      }
    }
    cost.print();
    return cost;
  }

  /** Returns the costs of calls. */
  List<CallCost> costs() {
    return List.copyOf(costs.values());
  }

  /** Returns the bytes of a pending event or job, by library. */
  Map<String, Double> bytes() {
    return bytes;
  }

  String json() {
    String rows =
        costs.values().stream().map(CallCost::json).collect(Collectors.joining(",\n    "));
    String sizes =
        bytes.entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "\"%s\":%.1f", e.getKey(), e.getValue()))
            .collect(Collectors.joining(","));
    return "{\n  \"calls\":[\n    " + rows + "\n  ],\n  \"bytes\":{" + sizes + "}\n}\n";
  }

  private static String key(String call, int batch) {
    return call + " " + batch;
  }

  private void time(MeasuredRedis redis) throws IOException, InterruptedException {
    RedisClient client = RedisClient.create(redis.uri());
    try (StatefulRedisConnection<String, String> connection = client.connect();
        Calls calls = new Calls(redis.uri(), quick ? 1_000 : 20_000)) {
      Calls.Meter warmUp = (call, batch, rounds, work) -> work.run();
      Calls.Meter meter =
          (call, batch, rounds, work) -> {
            double scripts = scriptMicros(connection);
            Rate rate =
                Rate.of(
                    redis,
                    () -> {
                      work.run();
                      return (long) batch * rounds;
                    });
            double micros = (scriptMicros(connection) - scripts) / rate.events();
            costs.put(
                key(call, batch),
                new CallCost(call, batch, micros, rate.microsPerEvent(), OptionalDouble.empty()));
          };
      calls.measure(warmUp, quick ? 50 : 1_000);
      calls.measure(meter, quick ? 50 : 4_000);
      if (BullMq.obstacle().isEmpty()) {
        for (int lanes : Calls.BATCHES) {
          int jobs = quick ? 500 : 5_000 * Math.min(lanes, 3);
          redis.flush();
          double scripts = scriptMicros(connection);
          BullMq.Throughput rates = BullMq.throughput(redis, lanes, jobs);
          // Adds and processes a tenth more to warm up.
          costs.put(
              key(BULLMQ, lanes),
              new CallCost(
                  BULLMQ,
                  lanes,
                  (scriptMicros(connection) - scripts) / (jobs * 1.1),
                  rates.added().microsPerEvent() + rates.processed().microsPerEvent(),
                  OptionalDouble.empty()));
        }
      }
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private static double scriptMicros(StatefulRedisConnection<String, String> connection) {
    Matcher matcher = SCRIPT_MICROS.matcher(connection.sync().info("commandstats"));
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  private void count(CountedRedis redis) throws IOException, InterruptedException {
    try (Calls calls = new Calls(redis.uri(), 1_000)) {
      calls.measure((call, batch, rounds, work) -> work.run(), 4);
      calls.measure(
          (call, batch, rounds, work) -> {
            long unusedBefore = redis.instructions();
            work.run();
            count(call, batch, redis.instructions() / ((double) batch * rounds));
          },
          quick ? 20 : 200);
    }
    if (BullMq.obstacle().isEmpty()) {
      for (int lanes : Calls.BATCHES) {
        int jobs = quick ? 100 : 1_000;
        long first = bullMq(redis, lanes, jobs);
        long second = bullMq(redis, lanes, 3 * jobs);
        // The difference excludes the cost of connections.
        count(BULLMQ, lanes, (second - first) / (2 * 1.1 * jobs));
      }
    }
  }

  private static long bullMq(CountedRedis redis, int lanes, int jobs)
      throws IOException, InterruptedException {
    long unusedBefore = redis.instructions();
    BullMq.Throughput unused = BullMq.throughput(redis.port(), lanes, jobs);
    return redis.instructions();
  }

  private void count(String call, int batch, double perEvent) {
    costs.computeIfPresent(key(call, batch), (key, cost) -> cost.withInstructions(perEvent));
  }

  private void memory(MeasuredRedis redis) throws IOException, InterruptedException {
    int events = quick ? 10_000 : 1_000_000;
    long before = redis.memory();
    try (RedisEventQueue queue =
        RedisEventQueue.builder(RateLimit.of(20).perMinute()).uri(redis.uri()).connect()) {
      for (int n = 0; n < events; n += PUBLISHED_AT_ONCE) {
        int accepted = queue.publish(waiting(n)).accepted();
        if (accepted != PUBLISHED_AT_ONCE) {
          throw new IllegalStateException("only " + accepted + " events were published");
        }
      }
    }
    bytes.put("event", (redis.memory() - before) / (double) events);
    if (BullMq.obstacle().isEmpty()) {
      redis.flush();
      int jobs = Math.min(events, 100_000);
      long empty = redis.memory();
      BullMq.add(redis.port(), jobs);
      bytes.put("BullMQ job", (redis.memory() - empty) / (double) jobs);
    }
  }

  private static List<AuditEvent> waiting(int from) {
    return IntStream.range(from, from + PUBLISHED_AT_ONCE)
        .mapToObj(
            n ->
                AuditEvent.of(
                    UUID.randomUUID().toString(),
                    EventType.BALANCE_CHECK_REQUIRED,
                    "wallet-" + n % 1_000))
        .toList();
  }

  private void print() {
    Table table =
        new Table(26, "Each event", "batch or lanes", "scripts, µs", "Redis, µs", "instructions");
    for (CallCost cost : costs.values()) {
      table.row(
          cost.call(),
          cost.batch(),
          cost.scriptMicros(),
          cost.processorMicros(),
          cost.instructions().isPresent() ? (Object) cost.instructions().getAsDouble() : "");
    }
    Table sizes = new Table(26, "While it waits", "bytes");
    bytes.forEach(sizes::row);
  }
}
