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

/** A queue and its store; closing it ends whatever was started for it. */
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
   * Returns a queue in an existing Redis server.
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

  /** Returns a queue in our own Redis server or, if that cannot run, in memory. */
  public static QueueHome embedded(RateLimit limit) throws InterruptedException {
    EmbeddedRedis redis;
    try {
      redis = EmbeddedRedis.start();
    } catch (IOException unsupported) {
      return new QueueHome(
          InMemoryEventQueue.create(limit),
          InMemoryRoundHistory.create(),
          "in memory, because an embedded Redis server cannot run here: "
              + Causes.told(unsupported),
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
          "embedded: a separate Redis server, at " + redis.shown(),
          redis::close);
    } catch (RuntimeException failure) {
      redis.close();
      throw failure;
    }
  }

  /** Returns this home with a wrapper around its queue, which closes it. */
  public QueueHome through(UnaryOperator<EventQueue> another) {
    return new QueueHome(another.apply(queue), history, shown, own);
  }

  public EventQueue queue() {
    return queue;
  }

  /** Returns the history of its rounds, kept beside it. */
  public RoundHistory history() {
    return history;
  }

  /** Returns the queue's location, for people. */
  public String shown() {
    return shown;
  }

  @Override
  public void close() {
    queue.close();
    own.run();
  }
}
