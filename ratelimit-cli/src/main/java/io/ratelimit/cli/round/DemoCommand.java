package io.ratelimit.cli.round;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.ratelimit.cli.api.ApiOptions;
import io.ratelimit.cli.event.WorkOptions;
import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.RedisAddress;
import io.ratelimit.cli.option.RoundOptions;
import io.ratelimit.cli.option.TypicalRound;
import io.ratelimit.cli.shell.Console;
import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Interruption;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.simulation.SimulatedApi;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Plan;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.plan.Planner;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.time.Time;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Drains a round with the embedded engine, against a simulated API. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = TypicalRound.class,
    sortOptions = false,
    description = {
      "Drains a round of audit events with the embedded engine, in memory or over"
          + " Redis, at accelerated speed, against a simulated or real API; shows the"
          + " progress and prints a report."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit demo --file examples/events.jsonl --limit 30/m --speedup 60")
public final class DemoCommand implements Callable<Integer> {

  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(15);
  private static final Duration DECISION_INTERVAL = Duration.ofSeconds(1);
  private static final Duration SHORTEST_DECISION_INTERVAL = Duration.ofMillis(50);
  private static final int INDENT = 12;
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMinutes(1);
  private static final double SIMULATED_SPEEDUP = 20;

  private final Terminal terminal;
  private final InputStream input;

  @Mixin private WorkOptions work = new WorkOptions();

  @Mixin private RoundOptions round = new RoundOptions();

  @Mixin private ApiOptions api = new ApiOptions();

  @Option(
      names = "--speedup",
      paramLabel = "X",
      converter = Converters.Speedup.class,
      description =
          "How many times faster than real time, 0.1 to 1000. Default: 20, or 1 with"
              + " --api, because a real API cannot be sped up.")
  private @Nullable Double givenSpeedup;

  @Option(
      names = "--redis",
      paramLabel = "URI",
      arity = "0..1",
      fallbackValue = "${env:RATELIMIT_REDIS_URL:-redis://localhost:6379}",
      description = {
        "Use this Redis instead of memory, with a new namespace that is removed at the"
            + " end. The time of Redis cannot be sped up: --speedup shortens all durations"
            + " instead.",
        "Without URI: the environment variable RATELIMIT_REDIS_URL, or redis://localhost:6379."
      })
  private @Nullable String redis;

  @Option(names = "--json", description = "Print only the report, as JSON.")
  private boolean json;

  public DemoCommand(Terminal terminal, InputStream input) {
    this.terminal = terminal;
    this.input = input;
  }

  /** The JSON output. */
  private record Result(
      @JsonProperty long seed,
      @JsonProperty double speedup,
      @JsonProperty Optional<String> namespace,
      @JsonProperty long published,
      @JsonProperty boolean conserved,
      @JsonUnwrapped RoundReport report) {

    boolean isGood() {
      return conserved && report.limitHeld().orElse(false) && report.deadlineMet();
    }
  }

  @Override
  public Integer call() {
    requireTimeThatCanBeHurried();
    List<AuditEvent> events = work.events(input, terminal.err(), round.limit());
    PlanRequest request = round.request(events);
    PlayedRound real = new PlayedRound(events, request, round.attemptTerms());
    PlayedRound played = redis == null ? real : real.shortened(speedup());
    boolean live = json ? terminal.errIsLive() : terminal.outIsLive();
    Console console = new Console(json ? terminal.err() : terminal.out(), live);
    boolean shown = live || !json;
    try (Interruption interruption = Interruption.ofThisThread()) {
      Result result;
      try (DemoQueue queue = open(played.request().limit())) {
        if (shown) {
          introduction(Planner.plan(request), played.request(), queue.namespace())
              .forEach(console::line);
        }
        result = run(played, queue, console, live, shown);
      }
      if (json) {
        terminal.out().printLines(Json.write(result));
      } else {
        report(result).stream()
            .flatMap(line -> Texts.hanging(line, INDENT, terminal.lineLength(live)).stream())
            .forEach(console::line);
        console.line("");
        console.line(
            interruption.happened()
                ? terminal.styled(
                    Style.RED,
                    "INTERRUPTED: "
                        + Texts.count(result.report().remaining(), "event")
                        + " not finished.")
                : verdict(result));
      }
      terminal.out().flush();
      if (interruption.happened()) {
        return Interruption.EXIT_CODE;
      }
      return result.isGood() ? 0 : ExitCode.MISSED;
    }
  }

  private double speedup() {
    if (givenSpeedup != null) {
      return givenSpeedup;
    }
    return api.isGiven() ? 1 : SIMULATED_SPEEDUP;
  }

  private void requireTimeThatCanBeHurried() {
    if (api.isGiven() && redis == null && speedup() != 1) {
      throw new InputException(
          "--speedup "
              + Texts.number(speedup())
              + " cannot speed up the API; leave it out, or add --redis, which shortens"
              + " all durations instead");
    }
  }

  private DemoQueue open(RateLimit limit) {
    return redis == null
        ? DemoQueue.inMemory(limit, Time.accelerated(speedup()))
        : DemoQueue.inRedis(RedisAddress.parse(redis), limit, terminal.err());
  }

  private Result run(
      PlayedRound played, DemoQueue demo, Console console, boolean live, boolean shown) {
    EventQueue queue = demo.queue();
    PlanRequest request = played.request();
    RoundReport report;
    QueueStats stats;
    try (RoundDisplay display =
        new RoundDisplay(
            console,
            live,
            terminal,
            queue,
            queue.stats(),
            request.terms().deadline(),
            Thread.currentThread()::interrupt)) {
      AuditEngine.Builder engine =
          AuditEngine.builder(queue)
              .handler(
                  api.handler(
                      queue,
                      request.limit(),
                      () -> new SimulatedApi(queue.time(), round.faults(work.seed()))))
              .attemptTerms(inRealTime(played.attempts(), request))
              .terms(request.terms().withDecisionInterval(decisionInterval()));
      if (shown) {
        engine.listener(display);
      }
      AuditEngine built = engine.build();
      queue.publish(played.events());
      if (shown) {
        display.start();
      }
      report = built.runRound();
      stats = queue.stats();
    }
    // The interrupt has been handled.
    Thread.interrupted();
    return new Result(
        work.seed(), speedup(), demo.namespace(), stats.published(), stats.isConserved(), report);
  }

  /** Returns terms long enough for real threads, which accelerated time does not speed up. */
  private AttemptTerms inRealTime(AttemptTerms terms, PlanRequest request) {
    return terms
        .withLease(longer(SHORTEST_LEASE, realSeconds(1)))
        .withHandlerTimeout(longer(longer(SHORTEST_TIMEOUT, realSeconds(5)), longest(request)));
  }

  /** Returns twice the longest time of an attempt. */
  private static Duration longest(PlanRequest request) {
    double most =
        request.backlog().runs().stream()
            .mapToDouble(run -> Texts.seconds(run.type().processingTime()))
            .max()
            .orElseThrow();
    double factor = 2 * request.terms().expectations().worstTimeFactor();
    return Duration.ofMillis(Math.round(1_000 * most * factor));
  }

  /** Returns the accelerated duration of this many real seconds. */
  private Duration realSeconds(int seconds) {
    double factor = redis == null ? speedup() : 1;
    return Duration.ofMillis(Math.round(1_000 * seconds * factor));
  }

  /** Returns a second of the round, or longer over Redis, so that it is not asked too often. */
  private Duration decisionInterval() {
    return redis == null
        ? DECISION_INTERVAL
        : longer(
            SHORTEST_DECISION_INTERVAL,
            Duration.ofMillis(Math.round(DECISION_INTERVAL.toMillis() / speedup())));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private List<String> introduction(Plan plan, PlanRequest played, Optional<String> namespace) {
    List<String> lines = new ArrayList<>();
    PlanText text = new PlanText(plan, terminal);
    lines.addAll(text.round());
    lines.addAll(text.paragraph("Time", time(plan.request(), played)));
    namespace.ifPresent(
        name ->
            lines.addAll(
                text.paragraph("Redis", "namespace " + name + ", which is removed in the end.")));
    if (api.isGiven()) {
      lines.addAll(text.paragraph("API", api.shown() + "."));
    }
    lines.addAll(text.outlook());
    lines.add("");
    return lines;
  }

  private String time(PlanRequest request, PlanRequest played) {
    if (speedup() == 1) {
      return "is real.";
    }
    Duration real =
        Duration.ofMillis(
            Math.round(1_000 * Texts.seconds(request.terms().deadline()) / speedup()));
    String times = Texts.number(speedup()) + " times as ";
    return redis == null
        ? "runs "
            + times
            + "fast: "
            + Texts.duration(request.terms().deadline())
            + " are over in "
            + Texts.duration(real)
            + "."
        : "is that of Redis, so that the round itself is "
            + times
            + "short: "
            + Texts.duration(played.terms().deadline())
            + " at "
            + played.limit()
            + played.terms().emergencyLimit().map(limit -> " (emergency " + limit + ")").orElse("")
            + ".";
  }

  private List<String> report(Result result) {
    RoundReport report = result.report();
    List<String> lines = new ArrayList<>();
    lines.add("");
    report.toString().lines().forEach(lines::add);
    lines.add(
        String.format(
            "%-11s %s: %d published = %d done + %d failed + %d left",
            "Balance",
            result.conserved() ? "even" : "LOST EVENTS",
            result.published(),
            report.done(),
            report.failed(),
            report.remaining()));
    return lines;
  }

  private String verdict(Result result) {
    List<String> faults = RoundFaults.of(result.report(), result.conserved());
    if (faults.isEmpty()) {
      return terminal.styled(Style.GREEN, "OK: deadline met, limit held, nothing lost.");
    }
    String missed = terminal.styled(Style.RED, "MISSED: " + String.join("; ", faults) + ".");
    return result.report().deadlineMet() ? missed : missed + " ratelimit plan says what it takes.";
  }
}
