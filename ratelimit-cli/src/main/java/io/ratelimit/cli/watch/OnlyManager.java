package io.ratelimit.cli.watch;

import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerQuery;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The manager that runs, if exactly one does: of several, nobody says which is meant. */
public final class OnlyManager implements Supplier<Optional<String>> {

  /** Whoever asks each second is not to be told of all that ever ran. */
  private static final ManagerQuery TWO = ManagerQuery.RUNNING.withLimit(2);

  private final RateLimitClient client;

  public OnlyManager(RateLimitClient client) {
    this.client = client;
  }

  @Override
  public Optional<String> get() {
    try {
      List<String> running =
          client.list(TWO).managers().stream().map(ManagerDescription::id).toList();
      return running.size() == 1 ? Optional.of(running.get(0)) : Optional.empty();
    } catch (ManagerException away) {
      return Optional.empty();
    }
  }
}
