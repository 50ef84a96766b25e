package io.ratelimit.cli.web;

import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.cli.watch.Monitor;
import io.ratelimit.cli.watch.OnlyManager;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.cli.watch.QueueSource;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A queue that browsers chose. From its creation until it is closed, it is connected, watched and
 * reported in the background. Thread-safe.
 */
final class ChosenQueue implements PageQueue, AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** How long not to try a refused connection again: an attempt may take a search in Redis. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long a queue is kept after a request other than for its stream. */
  private static final Duration KEPT = Duration.ofSeconds(10);

  private record Refused(QueueException why, Instant until) {}

  private final String name;
  private final QueueSource source;
  private final BiFunction<Watch, Picture, DashboardView> view;
  private final Channels channels;
  private final Time time;
  private final Object connecting = new Object();
  // Guarded by connecting.
  private @Nullable KeptQueue connected;
  private Optional<Refused> refused = Optional.empty();
  private boolean closed;
  private volatile @Nullable Watch watch;
  private volatile Instant usedAt;
  private final Repeating telling;

  ChosenQueue(
      String name,
      QueueSource source,
      Listeners listeners,
      BiFunction<Watch, Picture, DashboardView> view,
      Time time) {
    this.name = name;
    this.source = source;
    this.view = view;
    this.time = time;
    this.channels = new Channels(listeners);
    this.usedAt = time.now();
    this.telling = Repeating.start("queue " + name, PAUSE, this::tell);
  }

  private void tell() {
    Watch watching = watch;
    if (watching == null) {
      watching = watching();
      watch = watching;
      watching.start();
    }
    channels.tell(watching, view);
  }

  private Watch watching() {
    Monitor monitor = new Monitor(name, this::queue);
    return source
        .managers()
        .apply(name)
        .map(client -> Watch.over(monitor, client, new OnlyManager(client, name), PAUSE))
        .orElseGet(() -> Watch.over(monitor, PAUSE));
  }

  /** Keeps this queue for a while; returns this. */
  ChosenQueue used() {
    usedAt = time.now();
    return this;
  }

  /** Returns whether a browser listens, or has asked lately. */
  boolean isWanted() {
    return channels.isHeard() || time.now().isBefore(usedAt.plus(KEPT));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public EventQueue queue() {
    return kept().queue();
  }

  @Override
  public RoundHistory history() {
    return kept().history();
  }

  private KeptQueue kept() {
    synchronized (connecting) {
      if (connected != null) {
        return connected;
      }
      if (closed) {
        throw new NoSuchQueueException(name, List.of());
      }
      Instant now = time.now();
      if (refused.isPresent() && now.isBefore(refused.get().until())) {
        throw refused.get().why();
      }
      try {
        connected = source.connect().apply(name);
        return connected;
      } catch (QueueException none) {
        refused = Optional.of(new Refused(none, now.plus(PATIENCE)));
        throw none;
      }
    }
  }

  @Override
  public Optional<Watch> watch() {
    return Optional.ofNullable(watch);
  }

  @Override
  public Channels channels() {
    return channels;
  }

  @Override
  public void close() {
    channels.close();
    telling.close();
    Watch watching = watch;
    if (watching != null) {
      watching.close();
    }
    synchronized (connecting) {
      closed = true;
      if (connected != null) {
        connected.queue().close();
      }
    }
  }
}
