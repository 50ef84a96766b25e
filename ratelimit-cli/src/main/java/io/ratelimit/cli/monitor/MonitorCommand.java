package io.ratelimit.cli.monitor;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.RedisOptions;
import io.ratelimit.cli.option.TemporalOptions;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Interruption;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.shell.LiveScreen;
import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.cli.telemetry.MetricsOptions;
import io.ratelimit.cli.telemetry.Telemetry;
import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.cli.watch.QueueSource;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.cli.web.WebOptions;
import io.ratelimit.cli.web.WebPage;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.temporal.RateLimitClient;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Watches a queue in Redis and, if one is named, its manager. */
@Command(
    name = "monitor",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Shows a queue in Redis and, with --manager, the manager that drains it: what"
          + " waits, runs and failed, the limit and how much of it is used, throughput and"
          + " decisions. On a terminal, the screen is refreshed in place: q quits, ? shows"
          + " the other keys. Otherwise it is printed repeatedly."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit monitor --manager audit-1 --temporal localhost:7233")
public final class MonitorCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Terminal terminal;

  @Mixin private RedisOptions redis = new RedisOptions();

  @Option(names = "--manager", paramLabel = "ID", description = "Also show this manager.")
  private @Nullable String managerId;

  @Mixin private TemporalOptions temporal = new TemporalOptions();

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = Converters.Deadline.class,
      description = "How often to refresh. Default: ${DEFAULT-VALUE}.")
  private Duration interval = Duration.ofSeconds(1);

  @Mixin private WebOptions web = new WebOptions();

  @Mixin private MetricsOptions metrics = new MetricsOptions();

  @Option(names = "--once", description = "Show the state once, and exit.")
  private boolean once;

  @Option(
      names = "--json",
      description = "Print one JSON object each time, each on one line unless there is only one.")
  private boolean json;

  public MonitorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (once && (web.isGiven() || metrics.isGiven())) {
      throw new InputException(
          "--once exits before anybody could connect: leave out --web and --metrics");
    }
    try (Telemetry telemetry = metrics.open(redis.namespace(), web);
        RedisEventQueue stored = redis.connect();
        EventQueue queue = telemetry.queue(stored);
        RateLimitClient client =
            managerId == null ? null : temporal.connect(redis.namespace(), telemetry::temporal);
        WebPage page =
            web.isGiven() ? page(new KeptQueue(queue, stored.history()), client, telemetry) : null;
        Watch watch = watch(queue, client)) {
      return watch(watch, queue, page, telemetry);
    }
  }

  private Watch watch(EventQueue queue, @Nullable RateLimitClient client) {
    Optional<String> id = Optional.ofNullable(managerId);
    return client == null
        ? Watch.over(redis.namespace(), queue, interval)
        : Watch.over(redis.namespace(), queue, client, () -> id, interval);
  }

  private WebPage page(KeptQueue queue, @Nullable RateLimitClient client, Telemetry telemetry) {
    QueueSource others =
        new QueueSource(
            redis.server()::findQueues,
            name -> KeptQueue.of(redis.server().connect(name)),
            name ->
                Optional.ofNullable(client)
                    .map(known -> known.withTaskQueue(temporal.taskQueue(name))));
    return web.open(redis.namespace(), queue, others, telemetry.elsewhere());
  }

  private static List<String> addresses(@Nullable WebPage page, Telemetry telemetry) {
    List<String> lines = new ArrayList<>();
    if (page != null) {
      lines.add("Dashboard   " + page.url());
    }
    telemetry.url().ifPresent(url -> lines.add("Metrics     " + url));
    return lines;
  }

  private int watch(Watch watch, EventQueue queue, @Nullable WebPage page, Telemetry telemetry)
      throws InterruptedException {
    if (once) {
      print(watch.look());
      return 0;
    }
    List<String> addresses = addresses(page, telemetry);
    telemetry.watched(watch::picture);
    watch.start();
    telemetry.started();
    if (json || !terminal.outIsLive()) {
      PrintWriter shown = json ? terminal.err() : terminal.out();
      addresses.forEach(shown::println);
      shown.flush();
      return repeat(watch, page, this::print);
    }
    return live(watch, queue, page, addresses);
  }

  @SuppressWarnings("try") // The page gets pictures until it is closed.
  private int live(Watch watch, EventQueue queue, @Nullable WebPage page, List<String> addresses) {
    MonitorActions actions = new MonitorActions(queue);
    // The page gets pictures in a separate thread, since the screen is also redrawn at every key.
    try (Interruption interruption = Interruption.toWaitFor(PATIENCE);
        Repeating telling = Repeating.start("page", interval, () -> tell(page, watch));
        LiveScreen screen = LiveScreen.open()) {
      return new LiveMonitor(
              screen,
              new MonitorScreen(terminal, addresses),
              watch::picture,
              actions::start,
              Time.system())
          .run(interruption::happened);
    }
  }

  private static void tell(@Nullable WebPage page, Watch watch) {
    if (page != null) {
      page.show(watch);
    }
  }

  private int repeat(Watch watch, @Nullable WebPage page, Consumer<Picture> show)
      throws InterruptedException {
    try (Interruption interruption = Interruption.toWaitFor(PATIENCE)) {
      while (true) {
        Picture picture = watch.picture();
        show.accept(picture);
        tell(page, watch);
        if (terminal.out().checkError()) {
          return 0;
        }
        if (interruption.await(interval)) {
          return Interruption.EXIT_CODE;
        }
      }
    }
  }

  private void print(Picture picture) {
    if (json) {
      terminal.out().printLines(once ? Json.write(picture) : Json.line(picture));
    } else {
      List<String> lines = new ArrayList<>(picture.lines(terminal));
      if (!once) {
        lines.add("");
      }
      terminal.printLines(lines);
    }
    terminal.out().flush();
  }
}
