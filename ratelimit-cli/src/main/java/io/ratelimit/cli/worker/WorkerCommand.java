package io.ratelimit.cli.worker;

import io.ratelimit.cli.api.ApiOptions;
import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.FaultOptions;
import io.ratelimit.cli.option.NewQueueOptions;
import io.ratelimit.cli.option.RedisOptions;
import io.ratelimit.cli.option.TemporalOptions;
import io.ratelimit.cli.option.TypicalRound;
import io.ratelimit.cli.server.TemporalServer;
import io.ratelimit.cli.shell.Console;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Interruption;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.cli.telemetry.MetricsOptions;
import io.ratelimit.cli.telemetry.Telemetry;
import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.cli.watch.OnlyManager;
import io.ratelimit.cli.watch.QueueSource;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.cli.web.WatchedPage;
import io.ratelimit.cli.web.WebOptions;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.internal.simulation.SimulatedApi;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves managers: runs their workflows, and their lanes against an API. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = TypicalRound.class,
    sortOptions = false,
    description = {
      "Serves the managers of a task queue until Ctrl-C: runs their workflows, and"
          + " handles the events of a queue in Redis against a simulated or real API. You"
          + " can run any number of these processes; the limit holds over all of them."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit worker --redis redis://localhost:6379 --temporal localhost:7233")
public final class WorkerCommand implements Callable<Integer> {

  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final Terminal terminal;

  @Mixin private RedisOptions redis = new RedisOptions();

  @Mixin private NewQueueOptions newQueue = new NewQueueOptions();

  @Mixin private TemporalOptions temporal = new TemporalOptions();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The worker's name in leases. Default: worker- and the process id.")
  private @Nullable String name;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "10",
      converter = Converters.Workers.class,
      description = "How many events this process handles at the same time at most. Default: 10.")
  private int concurrency;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = Converters.Deadline.class,
      description = "How long events in hand may continue after Ctrl-C. Default: ${DEFAULT-VALUE}.")
  private Duration grace = Duration.ofSeconds(30);

  @Mixin private ApiOptions api = new ApiOptions();

  @Mixin private FaultOptions faults = new FaultOptions();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      converter = Converters.Seed.class,
      description =
          "The random seed that selects which attempts fail or are slow. Default:"
              + " ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private WebOptions web = new WebOptions();

  @Mixin private MetricsOptions metrics = new MetricsOptions();

  @Option(names = "--quiet", description = "Do not print every attempt.")
  private boolean quiet;

  public WorkerCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  @SuppressWarnings("try") // The worker works by itself.
  public Integer call() throws InterruptedException {
    Console console = new Console(terminal.out(), false);
    try (Interruption interruption = Interruption.toWaitFor(grace.plus(MARGIN));
        Telemetry telemetry = metrics.open(redis.namespace(), web);
        RedisEventQueue stored = newQueue.connect(redis);
        EventQueue queue = telemetry.queue(stored);
        TemporalServer server = TemporalServer.of(temporal).through(telemetry);
        RateLimitWorker worker =
            worker(queue, stored.history(), server, console, telemetry.listeners());
        RateLimitClient client = web.isGiven() ? client(server) : null;
        Watch watch = client == null ? null : watch(queue, client, telemetry);
        WatchedPage page =
            watch == null || client == null
                ? null
                : page(new KeptQueue(queue, stored.history()), client, watch, telemetry)) {
      telemetry.worker(worker);
      telemetry.started();
      introduction(server).forEach(console::line);
      if (api.isGiven()) {
        console.line("API         " + api.shown());
      }
      if (page != null) {
        console.line("Dashboard   " + page.url());
      }
      telemetry.url().ifPresent(url -> console.line("Metrics     " + url));
      console.line("Press Ctrl-C to stop.");
      console.line("");
      interruption.await();
      telemetry.stopping();
      console.line("Stopping: events in hand have " + Texts.duration(grace) + " to finish.");
    }
    return Interruption.EXIT_CODE;
  }

  private RateLimitWorker worker(
      EventQueue queue,
      RoundHistory history,
      TemporalServer server,
      Console console,
      List<EngineListener> listeners) {
    RateLimitWorker.Builder builder =
        RateLimitWorker.builder(queue)
            .history(history)
            .handler(
                api.handler(
                    queue,
                    newQueue.initialLimit(),
                    () -> new SimulatedApi(Time.system(), faults.faults(seed))))
            .attemptTerms(faults.attemptTerms().withShutdownGrace(grace))
            .taskQueue(temporal.taskQueue(redis.namespace()))
            .name(name())
            .concurrency(concurrency);
    if (!quiet) {
      builder.listener(new AttemptLines(console, terminal));
    }
    listeners.forEach(builder::listener);
    return builder.connect(server.server(), server.client());
  }

  private RateLimitClient client(TemporalServer server) {
    return RateLimitClient.connect(
        server.server(), server.client(), temporal.taskQueue(redis.namespace()));
  }

  private Watch watch(EventQueue queue, RateLimitClient client, Telemetry telemetry) {
    Watch watch =
        Watch.over(
                redis.namespace(),
                queue,
                client,
                new OnlyManager(client, redis.namespace()),
                WatchedPage.PAUSE)
            .start();
    telemetry.watched(watch::picture);
    return watch;
  }

  private WatchedPage page(
      KeptQueue queue, RateLimitClient client, Watch watch, Telemetry telemetry) {
    QueueSource others =
        new QueueSource(
            redis.server()::findQueues,
            name -> KeptQueue.of(redis.server().connect(name)),
            name -> Optional.of(client.withTaskQueue(temporal.taskQueue(name))));
    return WatchedPage.open(web, telemetry.elsewhere(), queue, others, watch, WatchedPage.PAUSE);
  }

  private String name() {
    if (name != null && name.isBlank()) {
      throw new InputException("--name must not be blank");
    }
    return name == null ? "worker-" + ProcessHandle.current().pid() : name;
  }

  private List<String> introduction(TemporalServer server) {
    return List.of(
        "Worker      " + name() + ", up to " + Texts.count(concurrency, "event") + " at once",
        "Temporal    "
            + server.shown()
            + ", namespace "
            + server.client().getNamespace()
            + ", task queue "
            + temporal.taskQueue(redis.namespace()),
        "Queue       " + redis.namespace() + " at " + redis.shownUri());
  }
}
