package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.watch.KeptRound;
import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The rounds that were kept, as a page of their own. However many browsers look, the history is
 * read once in a while. Thread-safe.
 */
public final class HistoryPages implements Consumer<JavalinConfig> {

  private static final int ROUNDS = 200;
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final String queueName;
  private final RoundHistory history;
  private final Time time;
  // Guarded by this.
  private Optional<Shown> latest = Optional.empty();

  /** What browsers are told. */
  private record Shown(
      String queue, Instant at, List<KeptRound> rounds, long unreadable, boolean more) {}

  /**
   * @param queueName whose rounds these are
   * @param time how old what was read is
   */
  public HistoryPages(String queueName, RoundHistory history, Time time) {
    this.queueName = queueName;
    this.history = history;
    this.time = time;
  }

  /** Returns what is served on a page: some of it, and these. */
  public List<Consumer<JavalinConfig>> beside(List<Consumer<JavalinConfig>> others) {
    List<Consumer<JavalinConfig>> all = new ArrayList<>(others);
    all.add(this);
    return all;
  }

  @Override
  public void accept(JavalinConfig config) {
    DashboardPage.addHistoryTo(config.routes);
    config.routes.get("/api/history", this::rounds);
    config.routes.exception(HistoryException.class, HistoryPages::unavailable);
  }

  private static void unavailable(HistoryException away, Context context) {
    Dashboard.json(
        context.status(HttpStatus.SERVICE_UNAVAILABLE), new Dashboard.Refusal(Causes.told(away)));
  }

  private void rounds(Context context) {
    Dashboard.json(context, shown());
  }

  private synchronized Shown shown() {
    Instant now = time.now();
    if (latest.filter(shown -> now.isBefore(shown.at().plus(FRESH))).isEmpty()) {
      HistoryPage page = history.read(HistoryQuery.newest(ROUNDS));
      latest =
          Optional.of(
              new Shown(
                  queueName,
                  now,
                  page.rounds().stream().map(KeptRound::of).toList(),
                  page.unreadable(),
                  page.next().isPresent()));
    }
    return latest.orElseThrow();
  }
}
