package io.ratelimit.cli.round;

import io.ratelimit.cli.option.RedisAddress;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.RedisEventQueue;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.UUID;

/** A queue for one demo; closing it leaves nothing behind. */
sealed interface DemoQueue extends AutoCloseable {

  EventQueue queue();

  /** Returns the queue's name in Redis, if it is there. */
  Optional<String> namespace();

  @Override
  void close();

  /** Returns an in-memory queue with this time. */
  static DemoQueue inMemory(RateLimit limit, Time time) {
    return new InMemory(InMemoryEventQueue.builder(limit).time(time).build());
  }

  /**
   * Returns a queue in Redis, in a new namespace.
   *
   * @param err gets a message if the namespace cannot be removed
   * @throws QueueException if Redis cannot be used
   */
  static DemoQueue inRedis(RedisAddress address, RateLimit limit, PrintWriter err) {
    String namespace = "demo-" + UUID.randomUUID();
    RedisEventQueue.Builder queue =
        RedisEventQueue.builder(limit)
            .namespace(namespace)
            // The namespace is new, so nothing has started in it.
            .startUp(RedisEventQueue.StartUp.FULL);
    address.chosenBy(queue);
    return new InRedis(queue.connect(), namespace, err);
  }

  /** In this JVM. */
  record InMemory(InMemoryEventQueue queue) implements DemoQueue {
    @Override
    public Optional<String> namespace() {
      return Optional.empty();
    }

    @Override
    public void close() {
      queue.close();
    }
  }

  /** In Redis. */
  record InRedis(RedisEventQueue queue, String name, PrintWriter err) implements DemoQueue {
    @Override
    public Optional<String> namespace() {
      return Optional.of(name);
    }

    @Override
    public void close() {
      try (queue) {
        queue.remove();
      } catch (QueueException failure) {
        err.println(
            "note: the keys {" + name + "}:* may be left in Redis: " + Causes.told(failure));
      }
    }
  }
}
