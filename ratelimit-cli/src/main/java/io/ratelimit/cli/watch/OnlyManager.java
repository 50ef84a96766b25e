package io.ratelimit.cli.watch;

import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerQuery;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The manager of a queue that runs, if exactly one of its task queue does: of several, nobody says
 * which is meant.
 */
public final class OnlyManager implements Supplier<Optional<String>> {

  /** Whoever asks each second is not to be told of all that ever ran. */
  private static final ManagerQuery TWO = ManagerQuery.RUNNING.withLimit(2);

  private final RateLimitClient client;
  private final String queueName;

  public OnlyManager(RateLimitClient client, String queueName) {
    this.client = client;
    this.queueName = queueName;
  }

  @Override
  public Optional<String> get() {
    try {
      List<ManagerDescription> running = client.list(TWO).managers();
      // Queues may share a task queue. One whose queue has no name may be this one's.
      return running.size() == 1
          ? Optional.of(running.get(0))
              .filter(only -> only.queue().map(queueName::equals).orElse(true))
              .map(ManagerDescription::id)
          : Optional.empty();
    } catch (ManagerException away) {
      return Optional.empty();
    }
  }
}
