package io.ratelimit.cli.watch;

import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerQuery;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Returns the running manager of a queue, if its task queue has exactly one. If there are several,
 * it is unclear which one is meant.
 */
public final class OnlyManager implements Supplier<Optional<String>> {

  /** Limited, because each query, once a second, would otherwise list all managers that run. */
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
      // Queues may share a task queue. A manager that names no queue may be this queue's.
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
