package io.ratelimit.benchmarks.engine;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Drains a queue by an engine or without, under a limit that is checked but never refuses. */
final class EngineDrain {

  static final RateLimit UNLIMITED =
      RateLimit.of(RateLimit.MAX_PERMITS).perSecond().withBurst(10_000);
  static final String OVER_REDIS = "engine over Redis";
  static final String IN_MEMORY = "engine in memory";
  static final String QUEUE_OVER_REDIS = "queue alone, Redis";
  static final String QUEUE_IN_MEMORY = "queue alone, memory";

  private static final String PREFIX = "event-";
  private static final int BATCH = 500;

  private EngineDrain() {}

  /** Drains a queue. */
  private interface Drain {
    void run(EventQueue queue, Course course) throws InterruptedException;
  }

  /** Drains a queue in Redis by an engine, after emptying Redis. */
  static Sample overRedis(String uri, int lanes, int handlerMillis, Handling handling, int events)
      throws InterruptedException {
    Course course =
        redis(
            uri,
            events,
            (queue, counting) -> drain(queue, lanes, handlerMillis, handling, counting));
    return course.sample(handling.of(OVER_REDIS), lanes, handlerMillis, true);
  }

  /** Drains a queue in Redis without an engine, after emptying Redis. */
  static Sample queueOverRedis(String uri, int lanes, int events) throws InterruptedException {
    Course course =
        redis(uri, events, (queue, counting) -> QueueDrain.drain(queue, lanes, counting));
    return course.sample(QUEUE_OVER_REDIS, lanes, 0, true);
  }

  private static Course redis(String uri, int events, Drain drain) throws InterruptedException {
    RedisClient client = RedisClient.create(uri);
    try (StatefulRedisConnection<String, String> asking = RedisUse.connect(client)) {
      String unused = asking.sync().flushall();
      try (RedisEventQueue queue =
          RedisEventQueue.builder(UNLIMITED)
              .uri(uri)
              .namespace("drain")
              .commandTimeout(Duration.ofSeconds(30))
              .startUp(RedisEventQueue.StartUp.FULL)
              .connect()) {
        Numbered.publish(queue, Numbered.events(PREFIX, 0, events), BATCH);
        Course course = new Course(events, () -> RedisUse.now(asking));
        drain.run(queue, course);
        return course;
      }
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  /**
   * Drains an in-memory queue by an engine, repeatedly for at least this time. The first drain is
   * not measured, so that the JVM has compiled the code.
   */
  static Sample inMemory(
      int lanes, int handlerMillis, Handling handling, int events, Duration atLeast)
      throws InterruptedException {
    Drain drain = (queue, counting) -> drain(queue, lanes, handlerMillis, handling, counting);
    return memory(
        events,
        atLeast,
        drain,
        course -> course.sample(handling.of(IN_MEMORY), lanes, handlerMillis, false));
  }

  /** The same without an engine. */
  static Sample queueInMemory(int lanes, int events, Duration atLeast) throws InterruptedException {
    return memory(
        events,
        atLeast,
        (queue, counting) -> QueueDrain.drain(queue, lanes, counting),
        course -> course.sample(QUEUE_IN_MEMORY, lanes, 0, false));
  }

  private interface Reading {
    Sample of(Course course);
  }

  private static Sample memory(int events, Duration atLeast, Drain drain, Reading reading)
      throws InterruptedException {
    // The same ones again and again: otherwise the collector would be measured.
    List<AuditEvent> all = Numbered.events(PREFIX, 0, events);
    List<Sample> drained = new ArrayList<>();
    double seconds = 0;
    for (int n = 0; seconds * 1e9 < atLeast.toNanos() || drained.isEmpty(); n++) {
      try (InMemoryEventQueue queue = InMemoryEventQueue.create(UNLIMITED)) {
        Numbered.publish(queue, all, BATCH);
        Course course = new Course(events, () -> new RedisUse(0, 0));
        drain.run(queue, course);
        if (n > 0) {
          Sample sample = reading.of(course);
          drained.add(sample);
          seconds += events / sample.perSecond();
        }
      }
    }
    drained.sort(Comparator.comparingDouble(Sample::perSecond));
    return drained.get(drained.size() / 2);
  }

  private static void drain(
      EventQueue queue, int lanes, int handlerMillis, Handling handling, Course course)
      throws InterruptedException {
    AuditEngine.Builder builder =
        AuditEngine.builder(queue).workers(lanes, lanes).deadline(Duration.ofHours(1));
    handling.addTo(builder, handlerMillis, course::handled);
    try (AuditEngine engine = builder.build()) {
      engine.start();
      course.await();
    }
  }
}
