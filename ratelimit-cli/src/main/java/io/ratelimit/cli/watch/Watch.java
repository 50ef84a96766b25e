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
 * Looks at a queue and its manager in the background, and tells at once how things are, or how old
 * that is: a queue that does not answer holds up nobody. Thread-safe.
 */
public final class Watch implements AutoCloseable {

  /** A picture may be so old, or as old as so many pauses, and still count as of now. */
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
   * @param manager what is known of its manager; answers at once
   * @param managers those beside it, where a Temporal server is known; they stay open
   * @param pause how long it rests between readings
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

  /** Prepares a watch over what a monitor reads alone. */
  public static Watch over(Monitor monitor, Duration pause) {
    return new Watch(monitor, ManagerSeen.None::new, Optional.empty(), pause, Time.system());
  }

  /**
   * Prepares a watch over a queue and its manager, which is asked from now on.
   *
   * @param managerId which manager is to be watched now, if any
   */
  public static Watch over(
      String queueName,
      EventQueue queue,
      RateLimitClient client,
      Supplier<Optional<String>> managerId,
      Duration pause) {
    return over(new Monitor(queueName, queue), client, managerId, pause);
  }

  /** The same over what a monitor reads. */
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
   * @throws QueueException if it cannot be read; the picture then tells so, too
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

  /** Reads the queue, and again and again from now on; returns this watch. */
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
      // The picture tells.
    }
  }

  /** Returns the name of the queue. */
  public String queueName() {
    return monitor.queueName();
  }

  /** Returns how things are, as far as that is known; answers at once. */
  public Picture picture() {
    ManagerSeen seen = manager.get();
    managers.ifPresent(all -> all.remember(seen));
    return picture(seen);
  }

  /** Returns the same of the queue and another manager. */
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

  /** Returns the managers and workers beside the queue, where a Temporal server is known. */
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
