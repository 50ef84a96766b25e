package io.ratelimit.cli.option;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a queue is like that is created where there is none. */
public final class NewQueueOptions {

  @Option(
      names = "--initial-limit",
      paramLabel = "RATE",
      defaultValue = "20/m",
      converter = Converters.Limit.class,
      description = "The limit of a queue that has none yet. Default: ${DEFAULT-VALUE}.")
  private RateLimit initialLimit = RateLimit.of(20).perMinute();

  @Option(
      names = "--initial-ceiling",
      paramLabel = "RATE",
      defaultValue = "none",
      converter = Converters.CeilingConverter.class,
      description =
          "What no emergency raises the limit of a queue above that has no limit yet, or none."
              + " Declare it where emergencies are used: if Redis loses all it knew, so much may"
              + " have been started before. Default: ${DEFAULT-VALUE}.")
  private Converters.Ceiling initialCeiling = new Converters.Ceiling(Optional.empty());

  public RateLimit initialLimit() {
    return initialLimit;
  }

  /**
   * Connects to a queue, and creates it if there is none.
   *
   * @throws io.ratelimit.cli.shell.InputException if the URI or the namespace has another form
   * @throws io.ratelimit.core.queue.QueueException if Redis cannot be used
   */
  public RedisEventQueue connect(RedisOptions redis) {
    return RedisOptions.connectOrCreate(
        redis.uri(), redis.namespace(), initialLimit, initialCeiling.limit());
  }
}
