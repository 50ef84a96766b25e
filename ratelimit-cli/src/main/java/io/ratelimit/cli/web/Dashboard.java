package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.watch.Managers;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The dashboard: a page, the news that it shows, and what may be done with the queue, its failed
 * events and its managers. However many browsers look, the queue is asked only for a page of failed
 * events that a person wants to see. Thread-safe.
 */
public final class Dashboard implements Consumer<JavalinConfig>, AutoCloseable {

  /** Of so many managers at once browsers may choose to see others than the one that is watched. */
  static final int MOST_CHOSEN = 8;

  /** What is told of one manager, and which moment of it was drawn last. */
  private static final class Channel {
    private final LiveFeed feed = new LiveFeed();
    private long drawn = Long.MIN_VALUE;

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

  private final Channel watched = new Channel();
  // Guarded by this.
  private final Map<String, Channel> chosen = new LinkedHashMap<>();
  private final FailedPages failed;
  private final ControlPages controls;
  private final BrowserGuard guard;
  private volatile Optional<Managers> managers = Optional.empty();

  /**
   * @param token what a browser must know to change anything, and to see what events carry; if
   *     there is none, nobody can
   */
  public Dashboard(EventQueue queue, BrowserGuard guard, Optional<WebToken> token) {
    this.failed = new FailedPages(queue.failedQueue(), token);
    this.controls = new ControlPages(queue.limitControl(), () -> managers, token);
    this.guard = guard;
  }

  /** What went wrong. */
  record Refusal(String error) {}

  /** Tells all browsers how things are, or how old that is. */
  public synchronized void show(Watch watch) {
    managers = watch.managers();
    watched.tell(view(watch.picture()));
    chosen.values().removeIf(channel -> !channel.feed.isHeard());
    managers.ifPresent(
        all -> chosen.forEach((id, channel) -> channel.tell(view(watch.picture(all.seen(id))))));
  }

  private DashboardView view(Picture picture) {
    return DashboardView.of(picture, managers);
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.before(this::guard);
    DashboardPage.addTo(config.routes);
    config.routes.get("/api/live", this::serve);
    failed.addTo(config.routes);
    controls.addTo(config.routes);
    config.routes.exception(QueueException.class, Dashboard::unavailable);
    config.events.serverStopping(this::close);
  }

  private void guard(Context context) {
    DashboardPage.restrict(context);
    guard.check(context);
  }

  private void serve(Context context) {
    String id = context.queryParam("manager");
    Optional<LiveFeed> feed =
        id == null || id.isBlank() || managers.isEmpty() ? Optional.of(watched.feed) : chosen(id);
    if (feed.isPresent()) {
      feed.get().serve(context);
    } else {
      json(
          context.status(HttpStatus.SERVICE_UNAVAILABLE),
          new Refusal("Browsers look at " + MOST_CHOSEN + " managers already."));
    }
  }

  private synchronized Optional<LiveFeed> chosen(String id) {
    if (!chosen.containsKey(id)) {
      if (chosen.size() >= MOST_CHOSEN) {
        return Optional.empty();
      }
      chosen.put(id, new Channel());
    }
    return Optional.of(chosen.get(id).feed);
  }

  private static void unavailable(QueueException away, Context context) {
    json(context.status(HttpStatus.SERVICE_UNAVAILABLE), new Refusal(Causes.told(away)));
  }

  static void json(Context context, Object value) {
    context.contentType("application/json").result(Json.line(value));
  }

  @Override
  public synchronized void close() {
    watched.feed.close();
    chosen.values().forEach(channel -> channel.feed.close());
  }
}
