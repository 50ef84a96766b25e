package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.watch.MonitorView;
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

  /** Tells all browsers how things are. */
  public void show(MonitorView view) {
    DashboardView shown = DashboardView.of(view);
    feed.tell("view", Json.line(shown), Json.line(shown.point()));
  }

  /** Tells all browsers that the queue cannot be read. */
  public void away(QueueException away) {
    feed.tell("away", Json.line(new Refusal(Causes.told(away))));
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
