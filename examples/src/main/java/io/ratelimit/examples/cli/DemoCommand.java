package io.ratelimit.examples.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.plan.Plan;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.plan.Planner;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.simulation.SimulatedApi;
import io.ratelimit.core.simulation.SimulatedFaults;
import io.ratelimit.core.time.Time;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Drains a round with the embedded engine, against an API that is simulated. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = TypicalRound.class,
    sortOptions = false,
    description = {
      "Drains a round of audit events with the embedded engine, in memory, in accelerated time,"
          + " against a simulated API; shows how it goes, and reports."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit demo --file examples/events.jsonl --limit 30/m --speedup 60")
final class DemoCommand implements Callable<Integer> {

  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(15);
  private static final int INDENT = 12;
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMinutes(1);

  private final Terminal terminal;
  private final InputStream input;

  @Mixin private WorkOptions work = new WorkOptions();

  @Mixin private RoundOptions round = new RoundOptions();

  @Option(
      names = "--speedup",
      paramLabel = "X",
      defaultValue = "20",
      converter = Converters.Speedup.class,
      description = "How many times as fast time runs, 0.1 to 1000. Default: ${DEFAULT-VALUE}.")
  private double speedup;

  @Option(names = "--json", description = "Print only the report, as JSON.")
  private boolean json;

  DemoCommand(Terminal terminal, InputStream input) {
    this.terminal = terminal;
    this.input = input;
  }

  /** What {@code --json} prints. */
  private record Result(
      @JsonProperty long seed,
      @JsonProperty double speedup,
      @JsonProperty long published,
      @JsonProperty boolean conserved,
      @JsonUnwrapped RoundReport report) {

    boolean isGood() {
      return conserved && report.limitHeld() && report.deadlineMet();
    }
  }

  @Override
  public Integer call() {
    List<AuditEvent> events = work.events(input, terminal.err(), round.limit());
    PlanRequest request = round.request(events);
    boolean live = json ? terminal.errIsLive() : terminal.outIsLive();
    Console console = new Console(json ? terminal.err() : terminal.out(), live);
    boolean shown = live || !json;
    if (shown) {
      introduction(Planner.plan(request)).forEach(console::line);
    }
    try (Interruption interruption = Interruption.ofThisThread()) {
      Result result = run(events, request, console, live, shown);
      if (json) {
        terminal.out().println(Json.write(result));
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
      return result.isGood() ? 0 : Cli.MISSED;
    }
  }

  private Result run(
      List<AuditEvent> events, PlanRequest request, Console console, boolean live, boolean shown) {
    Time time = Time.accelerated(speedup);
    SimulatedFaults faults = round.faults(work.seed());
    RoundReport report;
    QueueStats stats;
    try (EventQueue queue = InMemoryEventQueue.builder(request.limit()).time(time).build();
        RoundDisplay display =
            new RoundDisplay(console, live, terminal, queue, request.deadline())) {
      AuditEngine.Builder engine =
          AuditEngine.builder(queue)
              .handler(new SimulatedApi(time, faults))
              .retryPolicy(round.retryPolicy())
              .workers(request.workers().min(), request.workers().max())
              .deadline(request.deadline())
              .expectations(request.expectations())
              .lease(longer(SHORTEST_LEASE, realSeconds(1)))
              .handlerTimeout(longer(longer(SHORTEST_TIMEOUT, realSeconds(5)), longest(request)));
      request.emergencyLimit().ifPresent(engine::emergencyLimit);
      if (shown) {
        engine.listener(display);
      }
      AuditEngine built = engine.build();
      queue.publish(events);
      if (shown) {
        display.start();
      }
      report = built.runRound();
      stats = queue.stats();
    }
    // Whoever interrupted the round has been heard.
    Thread.interrupted();
    return new Result(work.seed(), speedup, stats.published(), stats.isConserved(), report);
  }

  /** Twice what an attempt may take. */
  private static Duration longest(PlanRequest request) {
    double most =
        request.backlog().runs().stream()
            .mapToDouble(run -> Texts.seconds(run.type().processingTime()))
            .max()
            .orElseThrow();
    double factor = 2 * request.expectations().worstTimeFactor();
    return Duration.ofMillis(Math.round(1_000 * most * factor));
  }

  /** What takes so many seconds of real time: threads do not get faster as time does. */
  private Duration realSeconds(int seconds) {
    return Duration.ofMillis(Math.round(1_000 * seconds * speedup));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private List<String> introduction(Plan plan) {
    PlanRequest request = plan.request();
    List<String> lines = new ArrayList<>();
    PlanText text = new PlanText(plan, terminal);
    lines.addAll(text.round());
    lines.addAll(
        text.paragraph(
            "Time",
            "runs "
                + Texts.number(speedup)
                + " times as fast: "
                + Texts.duration(request.deadline())
                + " are over in "
                + Texts.duration(
                    Duration.ofMillis(
                        Math.round(1_000 * Texts.seconds(request.deadline()) / speedup)))
                + "."));
    lines.addAll(text.outlook());
    lines.add("");
    return lines;
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
    List<String> faults = new ArrayList<>();
    if (!result.report().deadlineMet()) {
      faults.add(
          Texts.count(result.report().remaining(), "event")
              + " not finished within "
              + Texts.duration(result.report().deadline())
              + " (ratelimit plan says what it takes)");
    }
    if (!result.report().limitHeld()) {
      faults.add("the limit was exceeded");
    }
    if (!result.conserved()) {
      faults.add("events were lost");
    }
    return faults.isEmpty()
        ? terminal.styled(Style.GREEN, "OK: deadline met, limit held, nothing lost.")
        : terminal.styled(Style.RED, "MISSED: " + String.join("; ", faults) + ".");
  }
}
