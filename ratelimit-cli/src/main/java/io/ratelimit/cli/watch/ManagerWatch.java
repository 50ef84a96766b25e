package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a manager is, asked again and again in the background, so that one that does not answer holds
 * nobody up. Thread-safe.
 */
public final class ManagerWatch implements AutoCloseable {

  /** A manager and how it was when it last answered, if it did. */
  private record Seen(Optional<String> id, Optional<ManagerStatus> status) {}

  private final RateLimitClient client;
  private final Supplier<Optional<String>> ids;
  private volatile Seen seen = new Seen(Optional.empty(), Optional.empty());
  private final Repeating looking;

  /**
   * Looks, and goes on to.
   *
   * @param ids which manager is to be watched now, if any
   */
  public ManagerWatch(RateLimitClient client, Supplier<Optional<String>> ids, Duration pause) {
    this.client = client;
    this.ids = ids;
    look();
    this.looking = Repeating.start("manager-watch", pause, this::look);
  }

  private void look() {
    Optional<String> id = ids.get();
    seen = new Seen(id, id.flatMap(each -> status(client, each)));
  }

  private static Optional<ManagerStatus> status(RateLimitClient client, String id) {
    try {
      return Optional.of(client.status(id));
    } catch (ManagerException away) {
      return Optional.empty();
    }
  }

  public Optional<String> id() {
    return seen.id();
  }

  public Optional<ManagerStatus> status() {
    return seen.status();
  }

  @Override
  public void close() {
    looking.close();
  }
}
