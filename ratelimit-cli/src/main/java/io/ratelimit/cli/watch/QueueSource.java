package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.redis.FoundQueues;
import io.ratelimit.temporal.RateLimitClient;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * The queues beside the one that is watched: which there are, and how to get at one. Creates none.
 *
 * @param find looks for so many at most, as {@code RedisEventQueue.Builder.findQueues}
 * @param connect connects to one that exists, or throws a {@link
 *     io.ratelimit.core.queue.QueueException}; who calls it closes the queue
 * @param managers who knows the managers of one, if anybody does; answers at once and stays open
 */
public record QueueSource(
    IntFunction<FoundQueues> find,
    Function<String, KeptQueue> connect,
    Function<String, Optional<RateLimitClient>> managers) {

  /** Returns one that knows no other queues than one. */
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
