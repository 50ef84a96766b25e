package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.ServiceUnavailableResponse;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.cli.watch.QueueSource;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.time.Time;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The dashboard: its page and the news that it shows, the page of the kept rounds, and the control
 * of a queue, its failed events and its managers. However many browsers look, a queue is asked only
 * for a page of failed events that a person wants to see; a chosen queue is watched only while
 * browsers look at it. Thread-safe.
 */
public final class Dashboard implements Consumer<JavalinConfig>, AutoCloseable {

  /** The most queues, other than the watched one, that browsers may choose at once. */
  static final int MOST_QUEUES = 8;

  /** The queue that is watched whether or not anybody looks. */
  private static final class OwnQueue implements PageQueue {
    private final String name;
    private final KeptQueue kept;
    private final Channels channels;
    private volatile Optional<Watch> watch = Optional.empty();

    OwnQueue(String name, KeptQueue kept, Channels channels) {
      this.name = name;
      this.kept = kept;
      this.channels = channels;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public EventQueue queue() {
      return kept.queue();
    }

    @Override
    public RoundHistory history() {
      return kept.history();
    }

    @Override
    public Optional<Watch> watch() {
      return watch;
    }

    @Override
    public Channels channels() {
      return channels;
    }
  }

  private final Time time;
  private final Listeners listeners = new Listeners();
  private final OwnQueue own;
  // Guarded by this.
  private final Map<String, ChosenQueue> chosen = new LinkedHashMap<>();
  private final QueueSource others;
  private final QueueNames names;
  private final FailedPages failed;
  private final ControlPages controls;
  private final HistoryPages rounds;
  private final BrowserGuard guard;

  /**
   * Starts to look for other queues while browsers listen.
   *
   * @param queueName the name of the watched queue
   * @param others the queues beside it that browsers may choose
   * @param token the token that browsers must send to change anything, and to see what events
   *     carry; if empty, nobody can
   * @param time decides how long other queues are kept
   */
  public Dashboard(
      String queueName,
      KeptQueue queue,
      QueueSource others,
      BrowserGuard guard,
      Optional<WebToken> token,
      Time time) {
    this.time = time;
    this.own = new OwnQueue(queueName, queue, new Channels(listeners));
    this.others = others;
    this.names = new QueueNames(others, () -> !listeners.isEmpty(), time);
    this.failed = new FailedPages(this::meant, token);
    this.controls = new ControlPages(this::meant, token);
    this.rounds = new HistoryPages(this::meant, names, time);
    this.guard = guard;
  }

  /** Says what went wrong. */
  record Refusal(String error) {}

  /** Tells all browsers the current state, or how old it is. */
  public void show(Watch watch) {
    own.watch = Optional.of(watch);
    own.channels.tell(watch, this::view);
    unwanted().forEach(ChosenQueue::close);
  }

  private synchronized List<ChosenQueue> unwanted() {
    List<ChosenQueue> unwanted =
        chosen.values().stream().filter(queue -> !queue.isWanted()).toList();
    chosen.values().removeAll(unwanted);
    return unwanted;
  }

  private DashboardView view(Watch watch, Picture picture) {
    return DashboardView.of(watch.queueName(), picture, watch.managers(), names.known());
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.before(this::guard);
    DashboardPage.addTo(config.routes);
    config.routes.get("/api/live", this::serve);
    failed.addTo(config.routes);
    controls.addTo(config.routes);
    rounds.addTo(config.routes);
    config.routes.exception(NoSuchQueueException.class, Dashboard::unknown);
    config.routes.exception(QueueException.class, Dashboard::unavailable);
    config.events.serverStopping(this::close);
  }

  private void guard(Context context) {
    DashboardPage.restrict(context);
    guard.check(context);
  }

  private void serve(Context context) {
    PageQueue queue = meant(context);
    String manager = context.queryParam("manager");
    LiveFeed feed =
        manager == null || manager.isBlank() || (queue == own && own.managers().isEmpty())
            ? queue.channels().feed()
            : queue
                .channels()
                .feed(manager)
                .orElseThrow(() -> crowded(Channels.MOST_CHOSEN + " managers of this queue"));
    feed.serve(context);
  }

  /** Returns the queue that a request names, or else the watched queue. */
  private PageQueue meant(Context context) {
    String name = context.queryParam("queue");
    return name == null || name.isBlank() || name.equals(own.name()) ? own : chosen(name);
  }

  private synchronized PageQueue chosen(String name) {
    if (!chosen.containsKey(name)) {
      if (chosen.size() >= MOST_QUEUES) {
        throw crowded(MOST_QUEUES + " other queues");
      }
      chosen.put(name, new ChosenQueue(name, others, listeners, this::view, time));
    }
    return chosen.get(name).used();
  }

  private static ServiceUnavailableResponse crowded(String what) {
    return new ServiceUnavailableResponse("Browsers look at " + what + " already.");
  }

  private static void unknown(NoSuchQueueException none, Context context) {
    json(context.status(HttpStatus.NOT_FOUND), new Refusal(Causes.told(none)));
  }

  private static void unavailable(QueueException away, Context context) {
    json(context.status(HttpStatus.SERVICE_UNAVAILABLE), new Refusal(Causes.told(away)));
  }

  static void json(Context context, Object value) {
    context.contentType("application/json").result(Json.line(value));
  }

  @Override
  public void close() {
    names.close();
    own.channels.close();
    List<ChosenQueue> open;
    synchronized (this) {
      open = new ArrayList<>(chosen.values());
      chosen.clear();
    }
    open.forEach(ChosenQueue::close);
  }
}
