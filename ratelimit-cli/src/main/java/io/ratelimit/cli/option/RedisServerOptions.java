package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.redis.FoundQueues;
import io.ratelimit.redis.RedisEventQueue;
import java.util.List;
import picocli.CommandLine.Option;

/** The address of Redis. */
public final class RedisServerOptions {

  @Option(
      names = "--redis",
      paramLabel = "URI",
      defaultValue = "redis://localhost:6379",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description =
          "The address of Redis: redis://[[user:]password@]host[:port][/database], or"
              + " rediss://… with TLS; host:port,host:port names nodes of a Redis Cluster."
              + " Default: the environment variable RATELIMIT_REDIS_URL, or"
              + " redis://localhost:6379.")
  private String uri = "redis://localhost:6379";

  /** Returns the server at a URI. */
  public static RedisServerOptions at(String uri) {
    RedisServerOptions server = new RedisServerOptions();
    server.uri = uri;
    return server;
  }

  String uri() {
    return uri;
  }

  /** Returns the address without secrets. */
  String shownUri() {
    return Texts.withoutPassword(uri);
  }

  /**
   * Returns the address.
   *
   * @throws InputException if the URI has another form
   */
  RedisAddress address() {
    return RedisAddress.parse(uri);
  }

  /**
   * Searches for queues.
   *
   * @param max the most queues to find
   * @throws InputException if the URI has another form
   * @throws io.ratelimit.core.queue.QueueException if Redis cannot be used
   */
  public FoundQueues findQueues(int max) {
    return prepared().findQueues(max);
  }

  /**
   * Connects to an existing queue, by whatever name a user gives.
   *
   * @throws InputException if the URI has another form
   * @throws NoSuchQueueException if there is none, or the name is invalid
   * @throws io.ratelimit.core.queue.QueueException if Redis cannot be used
   */
  public RedisEventQueue connect(String name) {
    RedisEventQueue.Builder prepared = prepared().namespace(name);
    try {
      return prepared.connectExisting();
    } catch (IllegalArgumentException impossible) {
      throw new NoSuchQueueException(name, List.of());
    }
  }

  /** Returns a builder that creates no queue, so its limit does not matter. */
  RedisEventQueue.Builder prepared() {
    RedisEventQueue.Builder builder = RedisEventQueue.builder(RateLimit.of(1).perMinute());
    address().chosenBy(builder);
    return builder;
  }
}
