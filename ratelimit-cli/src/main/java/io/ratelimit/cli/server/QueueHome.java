package io.ratelimit.cli.server;

import io.ratelimit.cli.option.RedisOptions;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.redis.RedisEventQueue;
import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A queue and where it lives; what was started for it ends with this. */
public final class QueueHome implements AutoCloseable {

  private final EventQueue queue;
  private final RoundHistory history;
  private final String shown;
  private final Runnable own;

  private QueueHome(EventQueue queue, RoundHistory history, String shown, Runnable own) {
    this.queue = queue;
    this.history = history;
    this.shown = shown;
    this.own = own;
  }

  /**
   * In a Redis server that runs.
   *
   * @throws InputException if the URI or the name has another form
   * @throws io.ratelimit.core.queue.QueueException if Redis cannot be used
   */
  public static QueueHome redis(
      String uri, String name, RateLimit initialLimit, Optional<RateLimit> initialCeiling) {
    RedisEventQueue queue =
        RedisOptions.connectOrCreate(
            uri, name, initialLimit, builder -> initialCeiling.ifPresent(builder::ceiling));
    return new QueueHome(
        queue, queue.history(), "queue " + name + " at " + Texts.withoutPassword(uri), () -> {});
  }

  /** In a Redis server of our own or, where that cannot run, in memory. */
  public static QueueHome embedded(RateLimit limit) throws InterruptedException {
    EmbeddedRedis redis;
    try {
      redis = EmbeddedRedis.start();
    } catch (IOException unsupported) {
      return new QueueHome(
          InMemoryEventQueue.create(limit),
          InMemoryRoundHistory.create(),
          "in memory, since a Redis server of our own cannot run here: " + Causes.told(unsupported),
          () -> {});
    }
    try {
      RedisEventQueue queue =
          RedisEventQueue.builder(limit)
              .uri(redis.uri())
              .startUp(RedisEventQueue.StartUp.FULL)
              .connect();
      return new QueueHome(
          queue,
          queue.history(),
          "embedded: a Redis server of our own, at " + redis.shown(),
          redis::close);
    } catch (RuntimeException failure) {
      redis.close();
      throw failure;
    }
  }

  /** The same with a queue that is used in this one's place, and closes it. */
  public QueueHome through(UnaryOperator<EventQueue> another) {
    return new QueueHome(another.apply(queue), history, shown, own);
  }

  public EventQueue queue() {
    return queue;
  }

  /** Returns where its rounds are kept: beside it. */
  public RoundHistory history() {
    return history;
  }

  /** Returns where the queue is, for a person. */
  public String shown() {
    return shown;
  }

  @Override
  public void close() {
    queue.close();
    own.run();
  }
}
