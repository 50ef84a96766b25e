package io.ratelimit.benchmarks.soak;

import io.ratelimit.benchmarks.faults.judge.Resp;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.IOException;
import java.util.Objects;
import java.util.OptionalLong;

/** The store of a soak's queues. */
sealed interface Store extends AutoCloseable {

  /** Returns its name. */
  String name();

  /**
   * Opens a queue.
   *
   * @param acceleration how many times faster than real time its time runs, if possible
   */
  EventQueue open(String namespace, RateLimit limit, double acceleration);

  /** Returns whether the queues' time can be accelerated. */
  boolean isAccelerated();

  /** Returns the bytes that it uses outside this JVM, if any. */
  OptionalLong usedBytes() throws IOException;

  @Override
  void close();

  /** The memory of this JVM. */
  record Memory() implements Store {
    @Override
    public String name() {
      return "in memory";
    }

    @Override
    public EventQueue open(String namespace, RateLimit limit, double acceleration) {
      return InMemoryEventQueue.builder(limit)
          .time(acceleration == 1 ? Time.system() : Time.accelerated(acceleration))
          .build();
    }

    @Override
    public boolean isAccelerated() {
      return true;
    }

    @Override
    public OptionalLong usedBytes() {
      return OptionalLong.empty();
    }

    @Override
    public void close() {}
  }

  /** The soak's own Redis server. */
  record Redis(LocalRedis server) implements Store {
    @Override
    public String name() {
      return "Redis";
    }

    @Override
    public EventQueue open(String namespace, RateLimit limit, double acceleration) {
      return RedisEventQueue.connect(server.uri(), namespace, limit);
    }

    @Override
    public boolean isAccelerated() {
      return false;
    }

    @Override
    public OptionalLong usedBytes() throws IOException {
      try (Resp redis = new Resp(server.port())) {
        String memory = Objects.requireNonNull(redis.call("INFO", "memory")).toString();
        return memory
            .lines()
            .filter(line -> line.startsWith("used_memory:"))
            .mapToLong(line -> Long.parseLong(line.substring("used_memory:".length()).strip()))
            .findFirst();
      }
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
