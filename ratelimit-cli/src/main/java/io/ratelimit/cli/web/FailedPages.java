package io.ratelimit.cli.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.HttpStatus;
import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.watch.FailedFilter;
import io.ratelimit.cli.watch.FailedReasons;
import io.ratelimit.cli.watch.FailedSearch;
import io.ratelimit.cli.watch.FailedView;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.core.queue.FailedQueue.RedriveReceipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.TypeConversionException;

/**
 * Serves the failed queue to browsers, a bounded part of it with each request. Changes and the
 * content of events require the token, and are logged. Thread-safe.
 */
final class FailedPages {

  /** The number of failed events on a page. */
  static final int PAGE = 20;

  private static final Logger LOG = LoggerFactory.getLogger(FailedPages.class);
  private static final int LOOKED_AT_ONCE = 2_000;
  private static final int CHANGED_AT_ONCE = 500;
  private static final Converters.Sequence SEQUENCE = new Converters.Sequence();

  private final Function<Context, PageQueue> queues;
  private final Optional<WebToken> token;

  /**
   * @param queues returns the queue of a request
   * @param token the token that browsers must send; if empty, nobody may change anything
   */
  FailedPages(Function<Context, PageQueue> queues, Optional<WebToken> token) {
    this.queues = queues;
    this.token = token;
  }

  /** A page of failed events, the number of events examined, and where to continue. */
  private record Page(List<FailedView> events, long lookedAt, OptionalLong next) {}

  /** The kinds of reasons, the number of events examined, and where to continue. */
  private record Reasons(List<FailedReasons.Group> reasons, long lookedAt, OptionalLong next) {}

  /** The outcome of a redrive, and where to continue. */
  private record Redriven(int redriven, int duplicates, OptionalLong next) {}

  /** The number of discarded events, and where to continue. */
  private record Discarded(int discarded, OptionalLong next) {}

  void addTo(RoutesConfig routes) {
    routes.get("/api/failed", this::page);
    routes.get("/api/failed/reasons", this::reasons);
    routes.get("/api/failed/{sequence}/content", this::content);
    routes.post("/api/failed/redrive", this::redriveMatching);
    routes.post("/api/failed/discard", this::discardMatching);
    routes.post("/api/failed/{sequence}/redrive", this::redrive);
    routes.post("/api/failed/{sequence}/discard", this::discard);
    routes.exception(TypeConversionException.class, FailedPages::misunderstood);
  }

  private static void misunderstood(TypeConversionException refused, Context context) {
    Dashboard.json(
        context.status(HttpStatus.BAD_REQUEST),
        new Dashboard.Refusal("a sequence number " + refused.getMessage()));
  }

  private void page(Context context) {
    Dashboard.json(context, page(search(context), after(context)));
  }

  /** One at a time: however many browsers ask, the store answers one of them. */
  private synchronized Page page(FailedSearch search, long after) {
    List<FailedView> events = new ArrayList<>();
    FailedSearch.Looked looked =
        search.forEach(after, PAGE, LOOKED_AT_ONCE, event -> events.add(FailedView.of(event)));
    return new Page(events, looked.lookedAt(), looked.next());
  }

  private void reasons(Context context) {
    Dashboard.json(context, reasons(search(context), after(context)));
  }

  private synchronized Reasons reasons(FailedSearch search, long after) {
    FailedReasons reasons = new FailedReasons();
    FailedSearch.Looked looked =
        search.forEach(after, LOOKED_AT_ONCE, LOOKED_AT_ONCE, reasons::add);
    return new Reasons(reasons.groups(), looked.lookedAt(), looked.next());
  }

  private void content(Context context) {
    requireToken(context);
    long sequence = sequence(context.pathParam("sequence"));
    Optional<FailedEvent> event =
        failed(context).page(Math.max(0, sequence - 1), 1).stream()
            .filter(one -> one.sequence() == sequence)
            .findFirst();
    LOG.info(
        "{} looked at the payload of failed event {} of queue {}",
        context.ip(),
        sequence,
        name(context));
    if (event.isPresent()) {
      Dashboard.json(context, FailedView.of(event.get(), true));
    } else {
      notFound(context);
    }
  }

  private void redrive(Context context) {
    requireToken(context);
    long sequence = sequence(context.pathParam("sequence"));
    Redrive result = failed(context).redrive(sequence);
    LOG.info(
        "{} requested to redrive failed event {} of queue {}: {}",
        context.ip(),
        sequence,
        name(context),
        result);
    switch (result) {
      case REDRIVEN -> Dashboard.json(context, new Redriven(1, 0, OptionalLong.empty()));
      case DUPLICATE ->
          conflict(context, "It stays failed: an event with the same id is unfinished.");
      case UNREADABLE -> conflict(context, "It stays failed: its data in Redis cannot be read.");
      case NOT_FOUND -> notFound(context);
    }
  }

  private static void conflict(Context context, String why) {
    Dashboard.json(context.status(HttpStatus.CONFLICT), new Dashboard.Refusal(why));
  }

  private static void notFound(Context context) {
    Dashboard.json(
        context.status(HttpStatus.NOT_FOUND),
        new Dashboard.Refusal("It is no longer in the failed queue."));
  }

  private void discard(Context context) {
    requireToken(context);
    long sequence = sequence(context.pathParam("sequence"));
    boolean found = failed(context).purge(sequence);
    LOG.info(
        "{} requested to discard failed event {} of queue {}: {}",
        context.ip(),
        sequence,
        name(context),
        found ? "DISCARDED" : "NOT_FOUND");
    if (found) {
      Dashboard.json(context, new Discarded(1, OptionalLong.empty()));
    } else {
      notFound(context);
    }
  }

  private void redriveAll(Context context) {
    long after = after(context);
    RedriveReceipt receipt = failed(context).redriveAll(after, CHANGED_AT_ONCE);
    LOG.info(
        "{} requested to redrive all failed events of queue {} after {}: {} came back, {} are"
            + " duplicates",
        context.ip(),
        name(context),
        after,
        receipt.redriven(),
        receipt.duplicates());
    Dashboard.json(context, new Redriven(receipt.redriven(), receipt.duplicates(), receipt.next()));
  }

  /** Redrives a bounded number of events; the browser continues where the answer tells it to. */
  private void redriveMatching(Context context) {
    requireToken(context);
    FailedSearch search = search(context);
    if (search.filter().equals(FailedFilter.ALL)) {
      redriveAll(context);
      return;
    }
    int[] redriven = new int[1];
    int[] duplicates = new int[1];
    FailedSearch.Looked looked =
        search.forEach(
            after(context),
            CHANGED_AT_ONCE,
            LOOKED_AT_ONCE,
            event -> {
              Redrive result = search.failed().redrive(event.sequence());
              redriven[0] += result == Redrive.REDRIVEN ? 1 : 0;
              duplicates[0] += result == Redrive.DUPLICATE ? 1 : 0;
            });
    LOG.info(
        "{} requested to redrive failed events of queue {}, {}, after {}: of {}, {} came back, {}"
            + " are duplicates",
        context.ip(),
        name(context),
        told(search.filter()),
        after(context),
        looked.matching(),
        redriven[0],
        duplicates[0]);
    Dashboard.json(context, new Redriven(redriven[0], duplicates[0], looked.next()));
  }

  /** Discards a bounded number of events; the browser continues where the answer tells it to. */
  private void discardMatching(Context context) {
    requireToken(context);
    FailedSearch search = search(context);
    int[] discarded = new int[1];
    FailedSearch.Looked looked =
        search.forEach(
            after(context),
            CHANGED_AT_ONCE,
            LOOKED_AT_ONCE,
            event -> discarded[0] += search.failed().purge(event.sequence()) ? 1 : 0);
    LOG.info(
        "{} requested to discard failed events of queue {}, {}, after {}: {} were discarded",
        context.ip(),
        name(context),
        told(search.filter()),
        after(context),
        discarded[0]);
    Dashboard.json(context, new Discarded(discarded[0], looked.next()));
  }

  /** Describes the selected events in a form that is safe to log. */
  private static String told(FailedFilter filter) {
    List<String> parts = new ArrayList<>();
    filter.id().ifPresent(id -> parts.add("id " + Printable.quoted(id)));
    filter.wallet().ifPresent(wallet -> parts.add("wallet " + Printable.quoted(wallet)));
    filter.type().ifPresent(type -> parts.add("type " + Printable.quoted(type)));
    filter.reason().ifPresent(reason -> parts.add("reason " + Printable.quoted(reason)));
    return parts.isEmpty() ? "all" : String.join(" and ", parts);
  }

  private FailedQueue failed(Context context) {
    return queues.apply(context).queue().failedQueue();
  }

  /** Returns the name of the queue of a request in a form that is safe to log. */
  private String name(Context context) {
    return Printable.quoted(queues.apply(context).name());
  }

  private FailedSearch search(Context context) {
    return new FailedSearch(
        failed(context),
        new FailedFilter(
            wanted(context, "id"),
            wanted(context, "wallet"),
            wanted(context, "type"),
            wanted(context, "reason")));
  }

  private static Optional<String> wanted(Context context, String name) {
    return Optional.ofNullable(context.queryParam(name)).filter(text -> !text.isEmpty());
  }

  private static long after(Context context) {
    return sequence(context.queryParam("after"));
  }

  private static long sequence(@Nullable String text) {
    return text == null ? 0 : SEQUENCE.convert(text);
  }

  private void requireToken(Context context) {
    token
        .orElseThrow(() -> new ForbiddenResponse("This page is read-only: see --web-token."))
        .require(context);
  }
}
