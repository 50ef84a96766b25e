package io.ratelimit.cli.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.watch.ForecastView;
import io.ratelimit.cli.watch.KeptRound;
import io.ratelimit.cli.watch.ManagerSeen;
import io.ratelimit.cli.watch.MonitorView;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.FoundQueues;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Serves the page of a queue's kept rounds, and the forecast that is based on them. However many
 * browsers look, a history is read only once in a while. Thread-safe.
 */
final class HistoryPages {

  /**
   * The most queues whose rounds are remembered: those that browsers may choose at once, and the
   * watched one.
   */
  private static final int MOST_QUEUES = Dashboard.MOST_QUEUES + 1;

  private final Function<Context, PageQueue> queues;
  private final QueueNames names;
  private final Time time;
  // Guarded by this.
  private final Map<String, ReadRounds> read =
      new LinkedHashMap<>(MOST_QUEUES, 1, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ReadRounds> eldest) {
          return size() > MOST_QUEUES;
        }
      };

  /** The answer to browsers. */
  private record Shown(
      String queue,
      Instant at,
      List<KeptRound> rounds,
      long unreadable,
      boolean more,
      ForecastView forecast,
      Optional<FoundQueues> queues) {}

  /**
   * @param queues returns the queue of a request
   * @param names the queues to choose from
   * @param time decides the age of what was read
   */
  HistoryPages(Function<Context, PageQueue> queues, QueueNames names, Time time) {
    this.queues = queues;
    this.names = names;
    this.time = time;
  }

  void addTo(RoutesConfig routes) {
    DashboardPage.addHistoryTo(routes);
    routes.get("/api/history", this::rounds);
    routes.get("/api/forecast", this::forecast);
    routes.exception(HistoryException.class, HistoryPages::unavailable);
  }

  private static void unavailable(HistoryException away, Context context) {
    Dashboard.json(
        context.status(HttpStatus.SERVICE_UNAVAILABLE), new Dashboard.Refusal(Causes.told(away)));
  }

  private void rounds(Context context) {
    PageQueue queue = queues.apply(context);
    ReadRounds.Look look = read(queue);
    Dashboard.json(
        context,
        new Shown(
            queue.name(),
            look.at(),
            look.rounds(),
            look.unreadable(),
            look.more(),
            forecast(queue, look, context),
            names.wanted()));
  }

  private void forecast(Context context) {
    PageQueue queue = queues.apply(context);
    Dashboard.json(context, forecast(queue, read(queue), context));
  }

  private ReadRounds.Look read(PageQueue queue) {
    ReadRounds rounds;
    synchronized (this) {
      rounds = read.computeIfAbsent(queue.name(), name -> new ReadRounds(time));
    }
    return rounds.look(queue);
  }

  private static ForecastView forecast(PageQueue queue, ReadRounds.Look look, Context context) {
    return ForecastView.of(
        queue.name(),
        look.learned(),
        look.at(),
        manager(queue, Optional.ofNullable(context.queryParam("manager"))));
  }

  /** Returns the status of the manager that the dashboard shows, if it runs and answers. */
  private static Optional<ManagerStatus> manager(PageQueue queue, Optional<String> chosen) {
    return queue
        .watch()
        .flatMap(
            watch -> {
              Optional<ManagerSeen> other =
                  chosen
                      .filter(id -> !id.isBlank())
                      .flatMap(id -> watch.managers().map(all -> all.seen(id)));
              Picture picture = other.map(watch::picture).orElseGet(watch::picture);
              return picture.isLive()
                  ? Optional.ofNullable(picture.view()).flatMap(MonitorView::manager)
                  : Optional.empty();
            });
  }
}
