package io.ratelimit.cli.watch;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.RateLimitClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a queue and its manager in the background, and reports at once what is known and how old
 * it is: a queue that does not answer delays nobody. Thread-safe.
 */
public final class Watch implements AutoCloseable {

  /** A picture counts as current for at least this time, or for some pauses if that is longer. */
  private static final Duration SHORTEST_TOLERANCE = Duration.ofSeconds(5);

  private static final int PAUSES = 3;

  private record Seen(MonitorView view, Instant at) {}

  private final Monitor monitor;
  private final Supplier<ManagerSeen> manager;
  private final Optional<Managers> managers;
  private final Runnable end;
  private final Duration pause;
  private final Time time;
  private final Instant begun;
  private volatile Optional<Seen> last = Optional.empty();
  private volatile Optional<String> error = Optional.empty();
  private @Nullable Repeating looking;

  /**
   * Prepares a watch; nothing is read until {@link #look} or {@link #start}.
   *
   * @param monitor reads the queue
   * @param manager returns what is known of its manager, without blocking
   * @param managers the managers beside it, if a Temporal server is known; they stay open
   * @param pause the time between two readings
   */
  public Watch(
      Monitor monitor,
      Supplier<ManagerSeen> manager,
      Optional<Managers> managers,
      Duration pause,
      Time time) {
    this(monitor, manager, managers, () -> {}, pause, time);
  }

  private Watch(
      Monitor monitor,
      Supplier<ManagerSeen> manager,
      Optional<Managers> managers,
      Runnable end,
      Duration pause,
      Time time) {
    this.monitor = monitor;
    this.manager = manager;
    this.managers = managers;
    this.end = end;
    this.pause = pause;
    this.time = time;
    this.begun = time.now();
  }

  /** Prepares a watch over a queue alone. */
  public static Watch over(String queueName, EventQueue queue, Duration pause) {
    return over(new Monitor(queueName, queue), pause);
  }

  /** Prepares a watch over what a monitor reads, without a manager. */
  public static Watch over(Monitor monitor, Duration pause) {
    return new Watch(monitor, ManagerSeen.None::new, Optional.empty(), pause, Time.system());
  }

  /**
   * Prepares a watch over a queue and its manager, which is asked from now on.
   *
   * @param managerId the manager to watch now, if any
   */
  public static Watch over(
      String queueName,
      EventQueue queue,
      RateLimitClient client,
      Supplier<Optional<String>> managerId,
      Duration pause) {
    return over(new Monitor(queueName, queue), client, managerId, pause);
  }

  /** Prepares a watch over what a monitor reads, and a manager, which is asked from now on. */
  public static Watch over(
      Monitor monitor,
      RateLimitClient client,
      Supplier<Optional<String>> managerId,
      Duration pause) {
    ManagerWatch manager = new ManagerWatch(client, managerId, pause);
    Managers managers = new TemporalManagers(client);
    return new Watch(
        monitor,
        manager,
        Optional.of(managers),
        () -> {
          managers.close();
          manager.close();
        },
        pause,
        Time.system());
  }

  /**
   * Reads the queue.
   *
   * @throws QueueException if the queue cannot be read; the picture then says so, too
   */
  public synchronized Picture look() {
    try {
      MonitorView view = monitor.look();
      last = Optional.of(new Seen(view, time.now()));
      error = Optional.empty();
    } catch (QueueException away) {
      error = Optional.of(Causes.told(away));
      throw away;
    }
    return picture();
  }

  /** Reads the queue now, and repeatedly from now on; returns this watch. */
  @CanIgnoreReturnValue
  public Watch start() {
    tryToLook();
    looking = Repeating.start("watch", pause, this::tryToLook);
    return this;
  }

  private void tryToLook() {
    try {
      Picture unused = look();
    } catch (QueueException away) {
      // The picture shows it.
    }
  }

  /** Returns the name of the queue. */
  public String queueName() {
    return monitor.queueName();
  }

  /** Returns the current picture, as far as it is known; never blocks. */
  public Picture picture() {
    ManagerSeen seen = manager.get();
    managers.ifPresent(all -> all.remember(seen));
    return picture(seen);
  }

  /** Returns the picture of the queue with another manager. */
  public Picture picture(ManagerSeen other) {
    Optional<Seen> seen = last;
    Instant now = time.now();
    Freshness freshness =
        new Freshness(
            seen.map(Seen::at),
            Duration.between(seen.map(Seen::at).orElse(begun), now),
            error,
            Freshness.tolerance(SHORTEST_TOLERANCE, pause.multipliedBy(PAUSES)));
    return Picture.of(freshness, seen.map(Seen::view), other);
  }

  /** Returns the managers and workers beside the queue, if a Temporal server is known. */
  public Optional<Managers> managers() {
    return managers;
  }

  @Override
  public void close() {
    Repeating running = looking;
    if (running != null) {
      running.close();
    }
    end.run();
  }
}
