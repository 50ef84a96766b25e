package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.QueueException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The dashboard: a page, the news that it shows, and the failed queue behind it. However many
 * browsers look, the queue is asked only for a page of failed events that a person wants to see.
 * Thread-safe.
 */
public final class Dashboard implements Consumer<JavalinConfig>, AutoCloseable {

  private final LiveFeed feed = new LiveFeed();
  private final FailedPages failed;
  private final BrowserGuard guard;
  private long drawn = Long.MIN_VALUE;

  /**
   * @param token what a browser must know to bring failed events back, to discard them and to see
   *     what they carry; if there is none, nobody can
   */
  public Dashboard(FailedQueue failed, BrowserGuard guard, Optional<WebToken> token) {
    this.failed = new FailedPages(failed, token);
    this.guard = guard;
  }

  /** What went wrong. */
  record Refusal(String error) {}

  /** Tells all browsers how things are, or how old that is. */
  public synchronized void show(Picture picture) {
    DashboardView shown = DashboardView.of(picture);
    Optional<ChartPoint> point = shown.seen().map(DashboardView.Seen::point);
    boolean isNew = point.filter(seen -> seen.at() > drawn).isPresent();
    if (isNew) {
      drawn = point.get().at();
      feed.tell("view", Json.line(shown), Json.line(point.get()));
    } else {
      feed.tell("view", Json.line(shown));
    }
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.before(this::guard);
    DashboardPage.addTo(config.routes);
    config.routes.get("/api/live", feed::serve);
    failed.addTo(config.routes);
    config.routes.exception(QueueException.class, Dashboard::unavailable);
    config.events.serverStopping(feed::close);
  }

  private void guard(Context context) {
    DashboardPage.restrict(context);
    guard.check(context);
  }

  private static void unavailable(QueueException away, Context context) {
    json(context.status(HttpStatus.SERVICE_UNAVAILABLE), new Refusal(Causes.told(away)));
  }

  static void json(Context context, Object value) {
    context.contentType("application/json").result(Json.line(value));
  }

  @Override
  public void close() {
    feed.close();
  }
}
