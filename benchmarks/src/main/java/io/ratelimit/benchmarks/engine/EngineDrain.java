package io.ratelimit.benchmarks.engine;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Drains a queue by an engine, under a limit that is checked but never refuses. */
final class EngineDrain {

  static final RateLimit UNLIMITED =
      RateLimit.of(RateLimit.MAX_PERMITS).perSecond().withBurst(10_000);
  static final String OVER_REDIS = "engine over Redis";
  static final String IN_MEMORY = "engine in memory";

  private static final int BATCH = 500;

  private EngineDrain() {}

  /** Drains a queue in Redis, after emptying Redis. */
  static Sample overRedis(String uri, int lanes, int handlerMillis, int events)
      throws InterruptedException {
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
        publish(queue, events);
        Course course = new Course(events, () -> RedisUse.now(asking));
        drain(queue, lanes, handlerMillis, course);
        return course.sample(OVER_REDIS, lanes, handlerMillis, true);
      }
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  /** Drains an in-memory queue. */
  static Sample inMemory(int lanes, int handlerMillis, int events) throws InterruptedException {
    try (InMemoryEventQueue queue = InMemoryEventQueue.create(UNLIMITED)) {
      publish(queue, events);
      Course course = new Course(events, () -> new RedisUse(0, 0));
      drain(queue, lanes, handlerMillis, course);
      return course.sample(IN_MEMORY, lanes, handlerMillis, false);
    }
  }

  private static void publish(EventQueue queue, int events) {
    EventType type = EventType.of("TEST");
    List<AuditEvent> batch = new ArrayList<>(BATCH);
    for (int n = 0; n < events; n++) {
      batch.add(AuditEvent.of("event-" + n, type, "wallet-" + n % 100));
      if (batch.size() == BATCH || n + 1 == events) {
        queue.publish(batch);
        batch.clear();
      }
    }
  }

  private static void drain(EventQueue queue, int lanes, int handlerMillis, Course course)
      throws InterruptedException {
    try (AuditEngine engine =
        AuditEngine.builder(queue)
            .workers(lanes, lanes)
            .deadline(Duration.ofHours(1))
            .handler(
                event -> {
                  if (handlerMillis > 0) {
                    Thread.sleep(handlerMillis);
                  }
                  course.handled();
                })
            .build()) {
      engine.start();
      course.await();
    }
  }
}
