package io.ratelimit.benchmarks.redis;

import io.ratelimit.benchmarks.table.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Measures how many events per second the queue and its peers publish and finish. */
final class Throughput {

  private static final int[] LANES = {1, 10, 50};

  private final MeasuredRedis redis;
  private final boolean quick;
  private final Duration duration;
  private final Map<Integer, Rate> bare = new TreeMap<>();
  private final Map<Integer, Rate> jobs = new TreeMap<>();

  Throughput(MeasuredRedis redis, boolean quick) {
    this.redis = redis;
    this.quick = quick;
    this.duration = Duration.ofMillis(quick ? 300 : 1_000);
  }

  void run() throws IOException, InterruptedException {
    peers();
    redis.flush();
    queue();
  }

  private void peers() throws IOException, InterruptedException {
    Table table = new Table(46, "Peers", "lanes", "per second", "Redis, µs");
    if (RawScript.obstacle().isEmpty()) {
      bareScripts(table);
    }
    redis.flush();
    try (RedissonPeer redisson = new RedissonPeer(redis.uri(), 1_000_000)) {
      redisson.publish(quick ? 30_000 : 100_000);
      measure(table, "Redisson: permit, then poll; no ack", redisson::take);
    }
    redis.flush();
    try (Bucket4jPeer bucket4j = new Bucket4jPeer(redis.uri(), 1_000_000)) {
      measure(
          table,
          "Bucket4j over Lettuce: permit only",
          () -> {
            bucket4j.acquire();
            return 1;
          });
    }
    if (BullMq.obstacle().isEmpty()) {
      bullmq(table);
    }
  }

  private void bareScripts(Table table) throws IOException, InterruptedException {
    RawScript script = new RawScript(redis);
    for (int lanes : LANES) {
      Rate rate = script.rate(lanes, quick ? 10_000 : 50_000);
      bare.put(lanes, rate);
      row(table, "bare scripts by redis-benchmark, take and ack", lanes, rate);
    }
  }

  private void measure(Table table, String name, Lanes.Step step) throws InterruptedException {
    for (int count : LANES) {
      try (Lanes lanes = new Lanes(redis, count)) {
        Rate unusedWarmUp = lanes.runFor(duration.dividedBy(2), step);
        row(table, name, count, lanes.runFor(duration, step));
      }
    }
  }

  private void bullmq(Table table) throws IOException, InterruptedException {
    for (int lanes : LANES) {
      redis.flush();
      BullMq.Throughput throughput =
          BullMq.throughput(redis, lanes, (quick ? 2_000 : 5_000) * Math.min(lanes, 3));
      if (lanes == LANES[0]) {
        row(table, "BullMQ, add in batches of 500", lanes, throughput.added());
      }
      row(table, "BullMQ, process", lanes, throughput.processed());
      jobs.put(lanes, throughput.processed());
    }
  }

  private static void row(Table table, String name, int lanes, Rate rate) {
    table.row(name, lanes, rate.perSecond(), rate.microsPerEvent());
  }

  private void queue() throws InterruptedException {
    try (QueueMeasurement queue = new QueueMeasurement(redis)) {
      warmUp(queue);
      Table table =
          new Table(
              26, "Queue", "pending", "lanes", "per second", "of bare", "of BullMQ", "Redis, µs");
      for (int count : LANES) {
        try (Lanes lanes = new Lanes(redis, count)) {
          Rate rate = queue.publish(lanes, quick ? 1_000 : 5_000, 1);
          row(table, "publish one by one", "", count, rate);
        }
      }
      for (int length : new int[] {1_000, 100_000, 1_000_000}) {
        if (length <= 100_000 || !quick) {
          measure(queue, table, length);
        }
      }
    }
  }

  private void warmUp(QueueMeasurement queue) throws InterruptedException {
    try (Lanes lanes = new Lanes(redis, 10)) {
      Rate single = queue.drain(lanes, 1_000, 1, duration.multipliedBy(3));
      Rate batch = queue.drain(lanes, 1_000, QueueMeasurement.BATCH, duration.multipliedBy(3));
      if (single.plus(batch).events() == 0) {
        throw new IllegalStateException("nothing was finished");
      }
    }
  }

  private void measure(QueueMeasurement queue, Table table, int length)
      throws InterruptedException {
    try (Lanes filling = new Lanes(redis, 4)) {
      Rate filled = queue.fill(filling, length);
      if (filled.events() > 0) {
        table.row("publish in batches of 500", length, filling.count(), filled.perSecond(), "", "");
      }
    }
    for (int batch : new int[] {1, QueueMeasurement.BATCH}) {
      for (int count : LANES) {
        try (Lanes lanes = new Lanes(redis, count)) {
          Rate rate = queue.drain(lanes, length, batch, duration);
          besidePeers(table, "take " + batch + ", ack " + batch, length, count, rate);
        }
      }
    }
    for (int count : LANES) {
      try (Lanes lanes = new Lanes(redis, count)) {
        Rate rate = queue.drainAhead(lanes, length, duration);
        besidePeers(table, "ackAndTake 1", length, count, rate);
      }
    }
  }

  private void besidePeers(Table table, String name, int length, int lanes, Rate rate) {
    table.row(
        name,
        length,
        lanes,
        rate.perSecond(),
        ratio(rate, bare.get(lanes)),
        ratio(rate, jobs.get(lanes)),
        rate.microsPerEvent());
  }

  private static void row(Table table, String name, Object length, int lanes, Rate rate) {
    table.row(name, length, lanes, rate.perSecond(), "", "", rate.microsPerEvent());
  }

  private static Object ratio(Rate rate, @Nullable Rate other) {
    return other == null ? "" : rate.perSecond() / other.perSecond();
  }
}
