package io.ratelimit.cli.web;

import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.cli.watch.Watch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * What browsers are told of one queue: with the manager that is watched, or with others that they
 * choose. Thread-safe.
 */
final class Channels implements AutoCloseable {

  /** Of so many managers at once browsers may choose to see others than the one that is watched. */
  static final int MOST_CHOSEN = 8;

  /** What is told of one manager, and which moment of it was drawn last. */
  private static final class Channel {
    private final LiveFeed feed;
    private long drawn = Long.MIN_VALUE;

    Channel(Listeners listeners) {
      this.feed = new LiveFeed(listeners);
    }

    void tell(DashboardView shown) {
      Optional<ChartPoint> point = shown.seen().map(DashboardView.Seen::point);
      boolean isNew = point.filter(seen -> seen.at() > drawn).isPresent();
      if (isNew) {
        drawn = point.get().at();
        feed.tell("view", Json.line(shown), Json.line(point.get()));
      } else {
        feed.tell("view", Json.line(shown));
      }
    }
  }

  private final Listeners listeners;
  private final Channel watched;
  // Guarded by this.
  private final Map<String, Channel> chosen = new LinkedHashMap<>();

  Channels(Listeners listeners) {
    this.listeners = listeners;
    this.watched = new Channel(listeners);
  }

  /** Tells all browsers how things are, or how old that is. */
  synchronized void tell(Watch watch, BiFunction<Watch, Picture, DashboardView> view) {
    watched.tell(view.apply(watch, watch.picture()));
    chosen.values().removeIf(channel -> !channel.feed.isHeard());
    watch
        .managers()
        .ifPresent(
            all ->
                chosen.forEach(
                    (id, channel) -> channel.tell(view.apply(watch, watch.picture(all.seen(id))))));
  }

  /** Returns the feed of the manager that is watched. */
  LiveFeed feed() {
    return watched.feed;
  }

  /** Returns that of another manager, unless browsers look at too many. */
  synchronized Optional<LiveFeed> feed(String manager) {
    if (!chosen.containsKey(manager)) {
      if (chosen.size() >= MOST_CHOSEN) {
        return Optional.empty();
      }
      chosen.put(manager, new Channel(listeners));
    }
    return Optional.of(chosen.get(manager).feed);
  }

  /** Returns whether a browser listens, or one may be about to. */
  synchronized boolean isHeard() {
    return watched.feed.isHeard()
        || chosen.values().stream().anyMatch(channel -> channel.feed.isHeard());
  }

  @Override
  public synchronized void close() {
    watched.feed.close();
    chosen.values().forEach(channel -> channel.feed.close());
  }
}
