package io.ratelimit.benchmarks.redis;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.lettuce.cas.LettuceBasedProxyManager;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.ratelimit.benchmarks.table.Arguments;
import io.ratelimit.benchmarks.table.Table;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * Measures the cost of named limits, beside peers with a limit per key, and prints tables: a take
 * under no, one and three named limits, and the memory of a key and a start, in Redis and in the
 * heap. It starts its own Redis server, on the loopback address.
 */
public final class NamedLimitsBenchmark {

  private static final int LANES = 10;
  private static final int ROUNDS = 3;
  private static final int[] LIMITS = {0, 1, 3};

  /** Enough permits that none is ever missing. */
  private static final RateLimit MANY =
      RateLimit.of(RateLimit.MAX_PERMITS).perHour().withBurst(RateLimit.MAX_PERMITS);

  private static final RateLimit NO_LIMIT =
      RateLimit.of(RateLimit.MAX_PERMITS)
          .per(Duration.ofMillis(1))
          .withBurst(RateLimit.MAX_PERMITS);

  private final MeasuredRedis redis;
  private final int keys;
  private final Duration duration;
  private final Map<String, Double> figures = new LinkedHashMap<>();

  private NamedLimitsBenchmark(MeasuredRedis redis, boolean quick) {
    this.redis = redis;
    this.keys = quick ? 2_000 : 100_000;
    this.duration = Duration.ofMillis(quick ? 200 : 1_500);
  }

  /**
   * Runs.
   *
   * @param arguments {@code --quick} for a run of some seconds; {@code --json} and a file for the
   *     figures as JSON
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Arguments given = Arguments.readOrExit(List.of(), arguments);
    given.write(json(run(given.quick())));
    System.exit(0); // Ends threads that the peers leave behind.
  }

  /** Measures, prints each row as it is measured, and returns the figures by name. */
  static Map<String, Double> run(boolean quick) throws InterruptedException {
    System.out.printf(
        "Java %s, %d processors; one Redis on the loopback, without persistence%n",
        Runtime.version(), Runtime.getRuntime().availableProcessors());
    try (MeasuredRedis redis = MeasuredRedis.start()) {
      NamedLimitsBenchmark benchmark = new NamedLimitsBenchmark(redis, quick);
      benchmark.takes();
      benchmark.peers();
      benchmark.inMemory();
      benchmark.memory();
      return benchmark.figures;
    }
  }

  static String json(Map<String, Double> figures) {
    return figures.entrySet().stream()
        .map(
            figure ->
                String.format(Locale.ROOT, "  \"%s\": %.3f", figure.getKey(), figure.getValue()))
        .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
  }

  /** Returns up to three limits: one for all, one per wallet, and one per type. */
  private static Limits limits(int count) {
    Limits.Builder builder = Limits.builder();
    if (count >= 1) {
      builder.limit("account", AuditEvent::walletId, MANY);
    }
    if (count >= 3) {
      builder.limit("address", MANY).limit("endpoint", event -> event.type().name(), MANY);
    }
    return builder.build();
  }

  /** Measures takes. The sides take turns; the table shows the median of each. */
  private void takes() throws InterruptedException {
    Map<Integer, Map<Integer, List<Rate>>> rates = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (int count : LIMITS) {
        drain(count, rates);
      }
    }
    Table table =
        new Table(44, "Over Redis, " + keys + " keys wait", "per second", "Redis, µs", "ratio");
    rates.forEach(
        (batch, byCount) -> {
          double alone = middle(byCount.getOrDefault(0, List.of())).microsPerEvent();
          byCount.forEach(
              (count, measured) -> {
                Rate rate = middle(measured);
                double ratio = rate.microsPerEvent() / alone;
                String name = "take " + batch + ", ack " + batch + ", named limits: " + count;
                table.row(name, rate.perSecond(), rate.microsPerEvent(), ratio);
                String figure = "redis.take" + batch + ".limits" + count;
                figures.put(figure + ".micros", rate.microsPerEvent());
                figures.put(figure + ".ratio", ratio);
              });
        });
  }

  /** Takes part of the pending events, one by one and in batches. */
  private void drain(int count, Map<Integer, Map<Integer, List<Rate>>> rates)
      throws InterruptedException {
    redis.flush();
    try (QueueMeasurement queue = new QueueMeasurement(redis, limits(count), keys);
        Lanes lanes = new Lanes(redis, LANES)) {
      Rate filled = queue.fill(lanes, keys);
      int part = (int) filled.events() / 10;
      Rate warmUp = queue.take(lanes, part, QueueMeasurement.BATCH);
      for (int batch : new int[] {1, QueueMeasurement.BATCH}) {
        rates
            .computeIfAbsent(batch, absent -> new LinkedHashMap<>())
            .computeIfAbsent(count, absent -> new ArrayList<>())
            .add(queue.take(lanes, Math.max(part, (int) warmUp.events()), batch));
      }
    }
  }

  private static Rate middle(List<Rate> rates) {
    List<Rate> sorted =
        rates.stream()
            .sorted((one, other) -> Double.compare(one.microsPerEvent(), other.microsPerEvent()))
            .toList();
    return sorted.get(sorted.size() / 2);
  }

  /** Measures a permit of one of the keys, and the memory of all keys. */
  private void peers() throws InterruptedException {
    Table table =
        new Table(
            44,
            "Peers, a permit of one of " + keys + " keys",
            "per second",
            "Redis, µs",
            "bytes a key");
    redis.flush();
    long before = redis.memory();
    RedisClient client = RedisClient.create(redis.uri());
    try (StatefulRedisConnection<String, byte[]> connection =
            client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        Lanes lanes = new Lanes(redis, LANES)) {
      ProxyManager<String> buckets = LettuceBasedProxyManager.builderFor(connection).build();
      BucketConfiguration configuration =
          BucketConfiguration.builder()
              .addLimit(
                  limit -> limit.capacity(1_000_000).refillGreedy(1_000_000, Duration.ofHours(1)))
              .build();
      for (int key = 0; key < keys; key++) {
        boolean unused = buckets.builder().build("b4j-" + key, () -> configuration).tryConsume(1);
      }
      double bytes = (redis.memory() - before) / (double) keys;
      Rate rate =
          lanes.runFor(
              duration,
              () -> {
                String key = "b4j-" + ThreadLocalRandom.current().nextInt(keys);
                return buckets.builder().build(key, () -> configuration).tryConsume(1) ? 1 : 0;
              });
      peer(table, "Bucket4j over Lettuce", "bucket4j", rate, bytes);
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
    redis.flush();
    before = redis.memory();
    Config config = new Config();
    config.setLazyInitialization(false);
    config.useSingleServer().setAddress(redis.uri());
    RedissonClient redisson = Redisson.create(config);
    try (Lanes lanes = new Lanes(redis, LANES)) {
      for (int key = 0; key < keys; key++) {
        RRateLimiter limiter = redisson.getRateLimiter("rl-" + key);
        boolean unused = limiter.trySetRate(RateType.OVERALL, 1_000_000, Duration.ofHours(1));
        boolean taken = limiter.tryAcquire();
        if (!taken) {
          throw new IllegalStateException("a limiter that is new has no permit");
        }
      }
      double bytes = (redis.memory() - before) / (double) keys;
      Rate rate =
          lanes.runFor(
              duration,
              () -> {
                String key = "rl-" + ThreadLocalRandom.current().nextInt(keys);
                return redisson.getRateLimiter(key).tryAcquire() ? 1 : 0;
              });
      peer(table, "Redisson", "redisson", rate, bytes);
    } finally {
      redisson.shutdown(0, 2, TimeUnit.SECONDS);
    }
  }

  private void peer(Table table, String name, String figure, Rate rate, double bytes) {
    table.row(name, rate.perSecond(), rate.microsPerEvent(), bytes);
    figures.put("peer." + figure + ".micros", rate.microsPerEvent());
    figures.put("peer." + figure + ".bytesPerKey", bytes);
  }

  private void inMemory() {
    Table table = new Table(44, "In memory, " + keys + " keys wait", "ns", "ratio");
    for (int count : LIMITS) {
      double unusedWarmUp = nanos(count);
    }
    double alone = 0;
    for (int count : LIMITS) {
      double[] nanos = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        nanos[round] = nanos(count);
      }
      Arrays.sort(nanos);
      double middle = nanos[ROUNDS / 2];
      alone = count == 0 ? middle : alone;
      table.row("take and ack, named limits: " + count, middle, middle / alone);
      figures.put("memory.take.limits" + count + ".nanos", middle);
      figures.put("memory.take.limits" + count + ".ratio", middle / alone);
    }
  }

  private double nanos(int count) {
    try (InMemoryEventQueue queue = queue(limits(count))) {
      queue.publish(events(keys, keys));
      long since = processorNanos();
      takeAll(queue);
      return (processorNanos() - since) / (double) keys;
    }
  }

  /** Returns this thread's CPU time, which other load affects less than elapsed time. */
  private static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static InMemoryEventQueue queue(Limits limits) {
    return InMemoryEventQueue.builder(NO_LIMIT).limits(limits).build();
  }

  private static List<AuditEvent> events(int count, int keys) {
    List<AuditEvent> events = new ArrayList<>(count);
    for (int n = 0; n < count; n++) {
      events.add(AuditEvent.of("event-" + n, EventType.NEW_BALANCE_UPDATE, "wallet-" + n % keys));
    }
    return events;
  }

  private static void takeAll(InMemoryEventQueue queue) {
    int requests = 0;
    while (queue.take(new TakeRequest("r" + requests, "b", 1, Duration.ofMinutes(1)))
        instanceof TakeResult.Taken taken) {
      requests++;
      taken.leases().forEach(lease -> require(queue.ack(lease)));
    }
  }

  private static void require(Settlement settlement) {
    if (settlement != Settlement.SETTLED) {
      throw new IllegalStateException("an event was lost");
    }
  }

  /** Measures the memory of keys whose events are done: with one start and with ten. */
  private void memory() throws InterruptedException {
    Table table = new Table(44, "Memory, bytes", "a key that waits", "a key, used", "a start more");
    memory(table, "Redis", "redis", inRedis(1, false), inRedis(1, true), inRedis(10, true));
    memory(table, "heap", "heap", inHeap(1, false), inHeap(1, true), inHeap(10, true));
  }

  private void memory(
      Table table, String name, String figure, double waiting, double one, double ten) {
    double start = (ten - one) / 9;
    table.row(name, waiting, one, start);
    figures.put("bytes." + figure + ".waitingKey", waiting);
    figures.put("bytes." + figure + ".usedKey", one);
    figures.put("bytes." + figure + ".start", start);
  }

  /** Returns the bytes per key, beyond those of events without limits. */
  private double inRedis(int starts, boolean done) throws InterruptedException {
    return done ? leftInRedis(starts) : waitingInRedis(1) - waitingInRedis(0);
  }

  private double waitingInRedis(int count) throws InterruptedException {
    redis.flush();
    long before = redis.memory();
    try (QueueMeasurement queue = new QueueMeasurement(redis, limits(count), keys);
        Lanes lanes = new Lanes(redis, 2)) {
      Rate filled = queue.fill(lanes, keys);
      return (redis.memory() - before) / (double) filled.events();
    }
  }

  private double leftInRedis(int starts) throws InterruptedException {
    redis.flush();
    int some = keys / starts;
    long before = redis.memory();
    try (QueueMeasurement queue = new QueueMeasurement(redis, limits(1), some);
        Lanes lanes = new Lanes(redis, 2)) {
      Rate filled = queue.fill(lanes, some * starts);
      while (queue.pending() > 0 && filled.events() > 0) {
        queue.empty(lanes);
      }
      // The queue's own limit and the rest leave much less.
      return (redis.memory() - before) / (double) some;
    }
  }

  private double inHeap(int starts, boolean done) {
    return done ? leftInHeap(starts) : waitingInHeap(1) - waitingInHeap(0);
  }

  private double waitingInHeap(int count) {
    List<AuditEvent> events = events(keys, keys);
    long before = heap();
    try (InMemoryEventQueue queue = queue(limits(count))) {
      queue.publish(events);
      return (heap() - before) / (double) queue.stats().pending();
    }
  }

  private double leftInHeap(int starts) {
    int some = keys / starts;
    List<AuditEvent> events = events(some * starts, some);
    long before = heap();
    try (InMemoryEventQueue queue = queue(limits(1))) {
      queue.publish(events);
      takeAll(queue);
      long left = heap() - before;
      return queue.stats().done() == events.size() ? left / (double) some : 0;
    }
  }

  private static long heap() {
    for (int n = 0; n < 3; n++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
