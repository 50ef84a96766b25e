package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.RateLimitClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks for a manager repeatedly in the background, so that one that does not answer delays nobody.
 * Thread-safe.
 */
public final class ManagerWatch implements Supplier<ManagerSeen>, AutoCloseable {

  /** A manager's answer counts for at least this time, or for some pauses if that is longer. */
  private static final Duration SHORTEST_TOLERANCE = Duration.ofSeconds(15);

  private static final int PAUSES = 3;

  private record Looked(ManagerSeen seen, Instant at) {}

  private final RateLimitClient client;
  private final Supplier<Optional<String>> ids;
  private final Duration tolerance;
  private final Time time = Time.system();
  private volatile Looked last;
  private final Repeating looking;

  /**
   * Looks at the manager now, and repeatedly from now on.
   *
   * @param ids the manager to watch now, if any
   */
  public ManagerWatch(RateLimitClient client, Supplier<Optional<String>> ids, Duration pause) {
    this.client = client;
    this.ids = ids;
    this.tolerance = Freshness.tolerance(SHORTEST_TOLERANCE, pause.multipliedBy(PAUSES));
    this.last = new Looked(new ManagerSeen.None(), time.now());
    look();
    this.looking = Repeating.start("manager-watch", pause, this::look);
  }

  private void look() {
    ManagerSeen before = last.seen();
    ManagerSeen seen =
        ids.get().map(id -> ManagerLook.at(client, id, before)).orElseGet(ManagerSeen.None::new);
    last = new Looked(seen, time.now());
  }

  /** Returns what was last seen, or that Temporal does not answer if that is too old. */
  @Override
  public ManagerSeen get() {
    Looked looked = last;
    Duration age = Duration.between(looked.at(), time.now());
    return looked.seen() instanceof ManagerSeen.Answering answered && age.compareTo(tolerance) > 0
        ? new ManagerSeen.Away(
            answered.name(), "Temporal has not answered since " + looked.at() + ".")
        : looked.seen();
  }

  @Override
  public void close() {
    looking.close();
  }
}
