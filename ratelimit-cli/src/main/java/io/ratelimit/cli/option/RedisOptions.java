package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The address of Redis and the name of the queue. */
public final class RedisOptions {

  private static final String DEFAULT = "ratelimit";

  @Mixin private RedisServerOptions server = new RedisServerOptions();

  @Option(
      names = "--queue",
      paramLabel = "NAME",
      description =
          "The name of the queue: its namespace in Redis, or scope/queue for one of"
              + " several queues that share named limits. Default: "
              + DEFAULT
              + ".")
  private @Nullable String namespace;

  String uri() {
    return server.uri();
  }

  public String namespace() {
    return namespace == null ? DEFAULT : namespace;
  }

  /** Returns whether somebody named the queue. */
  public boolean isNamed() {
    return namespace != null;
  }

  /** Returns the server. */
  public RedisServerOptions server() {
    return server;
  }

  /** Returns the address of Redis without secrets. */
  public String shownUri() {
    return server.shownUri();
  }

  public RedisAddress address() {
    return server.address();
  }

  /**
   * Connects to the queue, which must exist: reading creates nothing.
   *
   * @throws InputException if the URI or the namespace has another form
   * @throws io.ratelimit.core.queue.NoSuchQueueException if there is none
   * @throws io.ratelimit.core.queue.QueueException if Redis cannot be used
   */
  public RedisEventQueue connect() {
    try {
      return server.prepared().namespace(namespace()).connectExisting();
    } catch (IllegalArgumentException refused) {
      throw refusal(refused);
    }
  }

  /** Connects to a queue, creating it if necessary. */
  public static RedisEventQueue connectOrCreate(
      String uri,
      String namespace,
      RateLimit initialLimit,
      Consumer<RedisEventQueue.Builder> further) {
    RedisEventQueue.Builder builder = RedisEventQueue.builder(initialLimit).namespace(namespace);
    RedisAddress.parse(uri).chosenBy(builder);
    further.accept(builder);
    try {
      return builder.connect();
    } catch (IllegalArgumentException refused) {
      throw refusal(refused);
    }
  }

  private static InputException refusal(IllegalArgumentException refused) {
    return new InputException("--queue: " + refused.getMessage());
  }
}
