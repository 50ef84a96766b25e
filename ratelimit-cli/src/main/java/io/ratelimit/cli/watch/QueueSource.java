package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.redis.FoundQueues;
import io.ratelimit.temporal.RateLimitClient;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Finds and connects to the queues beside the watched one. Creates none.
 *
 * @param find finds at most this many, as {@code RedisEventQueue.Builder.findQueues} does
 * @param connect connects to an existing queue, which the caller closes, or throws a {@link
 *     io.ratelimit.core.queue.QueueException}
 * @param managers returns the managers of a queue, if they are known, without blocking; they stay
 *     open
 */
public record QueueSource(
    IntFunction<FoundQueues> find,
    Function<String, KeptQueue> connect,
    Function<String, Optional<RateLimitClient>> managers) {

  /** Returns a source with a single queue. */
  public static QueueSource only(String name) {
    List<String> names = List.of(name);
    return new QueueSource(
        max -> new FoundQueues(names, true),
        other -> {
          throw new NoSuchQueueException(other, names);
        },
        other -> Optional.empty());
  }
}
