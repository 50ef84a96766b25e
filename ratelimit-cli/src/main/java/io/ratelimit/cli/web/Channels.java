package io.ratelimit.cli.web;

import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.cli.watch.Watch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * What browsers see of one queue: with the watched manager, or with another one that they choose.
 * Thread-safe.
 */
final class Channels implements AutoCloseable {

  /** The most managers, other than the watched one, that browsers may choose at once. */
  static final int MOST_CHOSEN = 8;

  /** The news about one manager, and the latest moment drawn of it. */
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

  /** Tells all browsers the current state, or how old it is. */
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

  /** Returns the feed of the watched manager. */
  LiveFeed feed() {
    return watched.feed;
  }

  /** Returns the feed of another manager; empty if browsers look at too many. */
  synchronized Optional<LiveFeed> feed(String manager) {
    if (!chosen.containsKey(manager)) {
      if (chosen.size() >= MOST_CHOSEN) {
        return Optional.empty();
      }
      chosen.put(manager, new Channel(listeners));
    }
    return Optional.of(chosen.get(manager).feed);
  }

  /** Returns whether a browser listens, or may be about to. */
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
