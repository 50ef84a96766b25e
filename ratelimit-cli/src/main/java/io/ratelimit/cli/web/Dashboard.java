package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.HttpStatus;
import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.watch.FailedView;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.Redrive;
import io.ratelimit.core.queue.RedriveReceipt;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.TypeConversionException;

/**
 * The dashboard: a page, the news that it shows, and the failed queue behind it. However many
 * browsers look, the queue is asked only for a page of failed events that a person wants to see.
 * Thread-safe.
 */
public final class Dashboard implements Consumer<JavalinConfig>, AutoCloseable {

  /** How many failed events a page has. */
  static final int PAGE = 20;

  private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);
  private static final int REDRIVEN_AT_ONCE = 500;
  private static final Converters.Sequence SEQUENCE = new Converters.Sequence();

  private final LiveFeed feed = new LiveFeed();
  private final FailedQueue failed;
  private final BrowserGuard guard;
  private final Optional<WebToken> token;
  private long drawn = Long.MIN_VALUE;

  /**
   * @param token what a browser must know to bring failed events back; if there is none, nobody can
   */
  public Dashboard(FailedQueue failed, BrowserGuard guard, Optional<WebToken> token) {
    this.failed = failed;
    this.guard = guard;
    this.token = token;
  }

  /** A page of failed events. */
  private record Page(List<FailedView> events, OptionalLong next) {}

  /** What a redrive did, and where to go on. */
  private record Redriven(int redriven, int duplicates, OptionalLong next) {}

  /** What went wrong. */
  private record Refusal(String error) {}

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
    config.routes.get("/api/failed", this::page);
    config.routes.post("/api/failed/redrive", this::redriveAll);
    config.routes.post("/api/failed/{sequence}/redrive", this::redrive);
    config.routes.exception(QueueException.class, Dashboard::unavailable);
    config.routes.exception(TypeConversionException.class, Dashboard::misunderstood);
    config.events.serverStopping(feed::close);
  }

  private void guard(Context context) {
    DashboardPage.restrict(context);
    guard.check(context);
  }

  private static void unavailable(QueueException away, Context context) {
    json(context.status(HttpStatus.SERVICE_UNAVAILABLE), new Refusal(Causes.told(away)));
  }

  private static void misunderstood(TypeConversionException refused, Context context) {
    json(
        context.status(HttpStatus.BAD_REQUEST),
        new Refusal("a sequence number " + refused.getMessage()));
  }

  private static void json(Context context, Object value) {
    context.contentType("application/json").result(Json.line(value));
  }

  private void page(Context context) {
    json(context, page(sequence(context.queryParam("after"))));
  }

  /** One at a time: however many ask, the store has one of them to answer. */
  private synchronized Page page(long after) {
    List<FailedView> events = failed.page(after, PAGE + 1).stream().map(FailedView::of).toList();
    return events.size() <= PAGE
        ? new Page(events, OptionalLong.empty())
        : new Page(events.subList(0, PAGE), OptionalLong.of(events.get(PAGE - 1).sequence()));
  }

  private void redrive(Context context) {
    requireToken(context);
    long sequence = sequence(context.pathParam("sequence"));
    Redrive result = failed.redrive(sequence);
    LOG.info("{} asked for failed event {} back: {}", context.ip(), sequence, result);
    switch (result) {
      case REDRIVEN -> json(context, new Redriven(1, 0, OptionalLong.empty()));
      case DUPLICATE ->
          json(
              context.status(HttpStatus.CONFLICT),
              new Refusal("It stays failed: an event of the same id is unfinished."));
      case UNREADABLE ->
          json(
              context.status(HttpStatus.CONFLICT),
              new Refusal("It stays failed: what Redis holds of it cannot be read."));
      case NOT_FOUND ->
          json(
              context.status(HttpStatus.NOT_FOUND),
              new Refusal("It is no longer in the failed queue."));
    }
  }

  /** A bounded number of them; the browser goes on where it is told to. */
  private void redriveAll(Context context) {
    requireToken(context);
    long after = sequence(context.queryParam("after"));
    RedriveReceipt receipt = failed.redriveAll(after, REDRIVEN_AT_ONCE);
    LOG.info(
        "{} asked for all failed events after {} back: {} came, {} are duplicates",
        context.ip(),
        after,
        receipt.redriven(),
        receipt.duplicates());
    json(context, new Redriven(receipt.redriven(), receipt.duplicates(), receipt.next()));
  }

  private static long sequence(@Nullable String text) {
    return text == null ? 0 : SEQUENCE.convert(text);
  }

  private void requireToken(Context context) {
    token
        .orElseThrow(() -> new ForbiddenResponse("This page is read-only: see --web-token."))
        .require(context);
  }

  @Override
  public void close() {
    feed.close();
  }
}
