package io.ratelimit.cli.system;

import io.ratelimit.cli.api.ApiOptions;
import io.ratelimit.cli.event.WorkOptions;
import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.RedisServerOptions;
import io.ratelimit.cli.option.RoundOptions;
import io.ratelimit.cli.option.TemporalOptions;
import io.ratelimit.cli.option.TypicalRound;
import io.ratelimit.cli.round.PlanText;
import io.ratelimit.cli.round.PlayedRound;
import io.ratelimit.cli.round.RoundDisplay;
import io.ratelimit.cli.server.QueueHome;
import io.ratelimit.cli.server.TemporalServer;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Console;
import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.cli.shell.Interruption;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.shell.PrintableWriter;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.cli.telemetry.MetricsOptions;
import io.ratelimit.cli.telemetry.Telemetry;
import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.cli.watch.QueueSource;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.cli.web.WatchedPage;
import io.ratelimit.cli.web.WebOptions;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.simulation.SimulatedApi;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.plan.Planner;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.io.InputStream;
import java.io.Writer;
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

/** The whole system in one process: scheduler, queue, Temporal, worker, manager and monitor. */
@Command(
    name = "system",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = TypicalRound.class,
    sortOptions = false,
    description = {
      "Runs the whole system: publishes a round of audit events, drains it with a"
          + " manager workflow and a worker in this process against a simulated or real API,"
          + " shows the progress, prints a report, and repeats this when the next audit is"
          + " due.",
      "Without further options, Redis and Temporal are embedded, and time runs 20"
          + " times faster. With --redis or --temporal (or RATELIMIT_REDIS_URL or"
          + " TEMPORAL_ADDRESS), real servers are used, in real time."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = {
      "  ratelimit system --rounds 2",
      "  ratelimit system --redis redis://localhost:6379 --temporal localhost:7233"
    })
public final class SystemCommand implements Callable<Integer> {

  private static final double EMBEDDED_SPEEDUP = 20;
  private static final Duration SHORTEST_TICK = Duration.ofMillis(250);
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration MARGIN = Duration.ofSeconds(10);
  private static final Duration LONGEST_ABSENCE = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMinutes(1);
  private static final int INDENT = 12;

  private final Terminal terminal;
  private final InputStream input;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "1",
      converter = Converters.Rounds.class,
      description =
          "How many rounds to run, one every --deadline. With 0, run until Ctrl-C,"
              + " however long --redis or --temporal cannot be reached; otherwise, an outage"
              + " of a minute ends the command. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--speedup",
      paramLabel = "X",
      converter = Converters.Speedup.class,
      description =
          "How many times faster than real time: 0.1 to 1000. Default: 20 if Redis and"
              + " Temporal are embedded and the API is simulated, otherwise 1.")
  private @Nullable Double speedup;

  @Option(
      names = "--redis",
      paramLabel = "URI",
      description = "Use this Redis instead of an embedded one; its queue keeps its own limit.")
  private @Nullable String redis;

  @Option(
      names = "--queue",
      paramLabel = "NAME",
      defaultValue = "ratelimit",
      description = "The name of the queue in that Redis. Default: ${DEFAULT-VALUE}.")
  private String queueName = "ratelimit";

  @Mixin private TemporalOptions temporal = new TemporalOptions();

  @Mixin private WorkOptions work = new WorkOptions();

  @Mixin private RoundOptions round = new RoundOptions();

  @Mixin private ApiOptions api = new ApiOptions();

  @Option(
      names = "--events-per-activity",
      paramLabel = "N",
      defaultValue = "1",
      converter = Converters.EventsPerActivity.class,
      description = "How many events one activity handles. Default: ${DEFAULT-VALUE}.")
  private int eventsPerActivity;

  @Mixin private WebOptions web = new WebOptions();

  @Mixin private MetricsOptions metrics = new MetricsOptions();

  @Option(
      names = "--json",
      description = "Print only the reports: one JSON object per round, each on one line.")
  private boolean json;

  public SystemCommand(Terminal terminal, InputStream input) {
    this.terminal = terminal;
    this.input = input;
  }

  @Override
  @SuppressWarnings("try") // The worker works by itself.
  public Integer call() throws InterruptedException {
    List<AuditEvent> events =
        work.events(input, terminal.err(), round.limit(), AuditScheduler.LONGEST_PREFIX);
    PlayedRound played =
        new PlayedRound(events, round.request(events), round.attemptTerms()).shortened(speedup());
    PlanRequest request = played.request();
    boolean live = json ? terminal.errIsLive() : terminal.outIsLive();
    Console console = new Console(progress(live), live);
    Consumer<String> tell =
        json
            ? this::complain
            : line -> Texts.hanging(line, 0, terminal.lineLength(live)).forEach(console::line);
    List<String> faults = new ArrayList<>();
    // Until everything is printed: the JVM ends soon after this is closed.
    try (Interruption interruption = Interruption.toWaitFor(GRACE.plus(GRACE).plus(MARGIN));
        Telemetry telemetry = metrics.open(queueName(), web);
        QueueHome home = home(request).through(telemetry::queue);
        TemporalServer server = server().through(telemetry);
        RateLimitWorker worker = worker(home, server, played, telemetry.listeners());
        RateLimitClient client =
            RateLimitClient.connect(
                server.server(), server.client(), temporal.taskQueue(queueName()))) {
      introduction(request, home, server, telemetry).forEach(console::line);
      if (!temporal.isGiven() && request.terms().deadline().compareTo(SHORT) < 0) {
        console.status("warming up");
        WarmUp.run(server);
        console.status("");
      }
      AuditScheduler audits =
          new AuditScheduler(
              home.queue(),
              client,
              options(request),
              interruption::happened,
              longestAbsence(),
              tell);
      telemetry.worker(worker);
      int number = 0;
      try (Watch watch = watch(home.queue(), client, audits, telemetry);
          WatchedPage page = page(home, client, watch, telemetry)) {
        telemetry.started();
        while (number < rounds || rounds == 0) {
          audits.awaitNext();
          if (audits.isToEnd()) {
            break;
          }
          number++;
          Optional<SystemRound> done = round(audits, home.queue(), played, console, live, tell);
          List<String> ofRound = done.map(SystemRound::faults).orElse(List.of("no report"));
          if (!ofRound.isEmpty()) {
            faults.add("round " + number + ": " + String.join(", ", ofRound));
          }
          done.ifPresent(each -> print(each, console, live));
        }
      }
      telemetry.stopping();
      if (!json) {
        terminal.out().println(verdict(number, faults, interruption.happened()));
        terminal.out().flush();
      }
      if (interruption.happened()) {
        return Interruption.EXIT_CODE;
      }
    }
    return faults.isEmpty() ? 0 : ExitCode.MISSED;
  }

  /**
   * Returns how long to wait for servers: our own do not come back, and a script must not wait
   * forever.
   */
  private Duration longestAbsence() {
    return rounds == 0 && redis != null && temporal.isGiven() ? Retrying.FOR_EVER : LONGEST_ABSENCE;
  }

  /** Runs a round; returns empty if it ended without a report, which has been printed. */
  private Optional<SystemRound> round(
      AuditScheduler audits,
      EventQueue queue,
      PlayedRound played,
      Console console,
      boolean live,
      Consumer<String> tell)
      throws InterruptedException {
    try {
      QueueStats before = audits.stats();
      try (RoundDisplay display =
          new RoundDisplay(
              console,
              live,
              terminal,
              queue,
              before,
              played.request().terms().deadline(),
              audits::stop)) {
        return Optional.of(audits.run(played.events(), display::decided));
      }
    } catch (QueueException | ManagerException failure) {
      boolean another =
          failure instanceof ManagerException.Ended
              || failure instanceof ManagerException.UnknownManager;
      if (!audits.isToEnd() && !(another && rounds == 0)) {
        throw failure;
      }
      tell.accept("The round has no report: " + Causes.told(failure));
      return Optional.empty();
    }
  }

  private void print(SystemRound round, Console console, boolean live) {
    if (json) {
      terminal.out().printLines(Json.line(round));
      terminal.out().flush();
    } else {
      lines(round, live).forEach(console::line);
    }
  }

  private void complain(String line) {
    terminal.err().println(line);
    terminal.err().flush();
  }

  /** Returns the output for progress: if a script reads standard output, standard error. */
  private PrintableWriter progress(boolean live) {
    if (!json) {
      return terminal.out();
    }
    return live ? terminal.err() : new PrintableWriter(Writer.nullWriter());
  }

  private String verdict(int rounds, List<String> faults, boolean interrupted) {
    if (interrupted) {
      return terminal.styled(Style.RED, "INTERRUPTED in round " + rounds + ".");
    }
    return faults.isEmpty()
        ? terminal.styled(
            Style.GREEN,
            "OK: "
                + Texts.count(rounds, "round")
                + (rounds == 1 ? ", deadline met" : ", deadlines met")
                + ", limit held, nothing lost.")
        : terminal.styled(Style.RED, "MISSED: " + String.join("; ", faults) + ".");
  }

  /** Watches queue and manager, if anything shows them. */
  private @Nullable Watch watch(
      EventQueue queue, RateLimitClient client, AuditScheduler audits, Telemetry telemetry) {
    if (!web.isGiven() && !telemetry.isServed()) {
      return null;
    }
    Watch watch =
        Watch.over(queueName(), queue, client, audits::manager, hurried(WatchedPage.PAUSE)).start();
    telemetry.watched(watch::picture);
    return watch;
  }

  /** Returns the dashboard, if wanted. */
  private @Nullable WatchedPage page(
      QueueHome home, RateLimitClient client, @Nullable Watch watch, Telemetry telemetry) {
    if (!web.isGiven() || watch == null) {
      return null;
    }
    WatchedPage page =
        WatchedPage.open(
            web,
            telemetry.elsewhere(),
            new KeptQueue(home.queue(), home.history()),
            others(client),
            watch,
            hurried(WatchedPage.PAUSE));
    PrintableWriter shown = json ? terminal.err() : terminal.out();
    shown.println("Dashboard   " + page.url());
    shown.println();
    shown.flush();
    return page;
  }

  private QueueSource others(RateLimitClient client) {
    if (redis == null) {
      return QueueSource.only(queueName());
    }
    RedisServerOptions server = RedisServerOptions.at(redis);
    return new QueueSource(
        server::findQueues,
        name -> KeptQueue.of(server.connect(name)),
        name -> Optional.of(client.withTaskQueue(temporal.taskQueue(name))));
  }

  private double speedup() {
    if (speedup != null) {
      return speedup;
    }
    return redis == null && !temporal.isGiven() && !api.isGiven() ? EMBEDDED_SPEEDUP : 1;
  }

  private String queueName() {
    return redis == null ? "system" : queueName;
  }

  private TemporalServer server() throws InterruptedException {
    return temporal.isGiven() ? TemporalServer.of(temporal) : TemporalServer.embedded();
  }

  private QueueHome home(PlanRequest request) throws InterruptedException {
    return redis == null
        ? QueueHome.embedded(request.limit())
        : QueueHome.redis(redis, queueName, request.limit(), request.terms().emergencyLimit());
  }

  private RateLimitWorker worker(
      QueueHome home, TemporalServer server, PlayedRound played, List<EngineListener> listeners) {
    RateLimitWorker.Builder builder =
        RateLimitWorker.builder(home.queue())
            .history(home.history())
            .handler(
                api.handler(
                    home.queue(),
                    played.request().limit(),
                    () -> new SimulatedApi(Time.system(), round.faults(work.seed()))))
            .attemptTerms(played.attempts().withShutdownGrace(GRACE))
            .taskQueue(temporal.taskQueue(queueName()))
            .name("system");
    listeners.forEach(builder::listener);
    return builder.connect(server.server(), server.client());
  }

  private ManagerOptions options(PlanRequest request) {
    ManagerOptions defaults = ManagerOptions.round();
    return defaults
        .withTerms(request.terms())
        .withEventsPerActivity(eventsPerActivity)
        .withShutdownGrace(GRACE)
        .withDecisionIntervals(
            hurried(defaults.terms().decisionInterval()), hurried(defaults.idleInterval()));
  }

  /** Shortens an interval by the speedup, but leaves time for a decision. */
  private Duration hurried(Duration real) {
    Duration wanted = Duration.ofMillis(Math.round(real.toMillis() / speedup()));
    return wanted.compareTo(SHORTEST_TICK) < 0 ? SHORTEST_TICK : wanted;
  }

  private List<String> introduction(
      PlanRequest request, QueueHome home, TemporalServer server, Telemetry telemetry) {
    PlanText text = new PlanText(Planner.plan(request), terminal);
    List<String> lines = new ArrayList<>(text.round());
    if (speedup() != 1) {
      lines.addAll(
          text.paragraph(
              "Time",
              "runs "
                  + Texts.number(speedup())
                  + " times as fast: "
                  + round.limit()
                  + " are "
                  + request.limit()
                  + " here."));
    }
    lines.addAll(text.paragraph("Queue", home.shown() + "."));
    RateLimit limit = home.queue().limitControl().settings().normal();
    if (!limit.equals(request.limit())) {
      lines.addAll(
          text.paragraph(
              "Limit",
              "the queue keeps its own, " + limit + "; ratelimit queue limit changes it."));
    }
    lines.addAll(text.paragraph("Temporal", server.shown() + "."));
    if (api.isGiven()) {
      lines.addAll(text.paragraph("API", api.shown() + "."));
    }
    telemetry.url().ifPresent(url -> lines.addAll(text.paragraph("Metrics", url)));
    lines.addAll(text.outlook(home.queue().stats()));
    lines.add("");
    return lines;
  }

  private List<String> lines(SystemRound round, boolean live) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    round.report().toString().lines().forEach(lines::add);
    lines.add("");
    return lines.stream()
        .flatMap(line -> Texts.hanging(line, INDENT, terminal.lineLength(live)).stream())
        .toList();
  }
}
