package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.redis.FoundQueues;
import io.ratelimit.redis.RedisEventQueue;
import java.util.List;
import picocli.CommandLine.Option;

/** Which Redis. */
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

  /** Returns where it is, without what must not be shown. */
  String shownUri() {
    return Texts.withoutPassword(uri);
  }

  /**
   * Returns where it is.
   *
   * @throws InputException if the URI has another form
   */
  RedisAddress address() {
    return RedisAddress.parse(uri);
  }

  /**
   * Looks for the queues that there are.
   *
   * @param max how many at most
   * @throws InputException if the URI has another form
   * @throws io.ratelimit.core.queue.QueueException if Redis cannot be used
   */
  public FoundQueues findQueues(int max) {
    return prepared().findQueues(max);
  }

  /**
   * Connects to a queue that exists, whatever somebody takes for its name.
   *
   * @throws InputException if the URI has another form
   * @throws NoSuchQueueException if there is none, or cannot be one of this name
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

  /** Returns a connection that creates no queue, for which the limit is of no account. */
  RedisEventQueue.Builder prepared() {
    RedisEventQueue.Builder builder = RedisEventQueue.builder(RateLimit.of(1).perMinute());
    address().chosenBy(builder);
    return builder;
  }
}
