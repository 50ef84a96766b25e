package io.ratelimit.cli.manager;

import io.ratelimit.temporal.ManagerException;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitClient.Listed;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The manager that runs, if exactly one does: of several, nobody says which is meant. */
public final class OnlyManager implements Supplier<Optional<String>> {

  private final RateLimitClient client;

  public OnlyManager(RateLimitClient client) {
    this.client = client;
  }

  @Override
  public Optional<String> get() {
    try {
      List<String> running =
          client.list().stream().filter(Listed::running).map(Listed::id).limit(2).toList();
      return running.size() == 1 ? Optional.of(running.get(0)) : Optional.empty();
    } catch (ManagerException away) {
      return Optional.empty();
    }
  }
}
