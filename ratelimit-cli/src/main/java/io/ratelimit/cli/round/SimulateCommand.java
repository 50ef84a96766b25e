package io.ratelimit.cli.round;

import io.ratelimit.cli.event.WorkOptions;
import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.NamedLimitOptions;
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
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.plan.Plan;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.plan.Planner;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.simulation.Simulation;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Plays rounds in virtual time and reports the results. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = TypicalRound.class,
    sortOptions = false,
    description = {
      "Runs a round many times in virtual time, each time with different random"
          + " outcomes, and shows the distribution of the results and a chart of one run. A"
          + " run continues past the deadline, to show how late it would be. Exits with 0"
          + " unless a run exceeded its limit or lost an event."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit simulate --runs 1000 --failure-rate 20%%")
public final class SimulateCommand implements Callable<Integer> {

  private static final Duration LONGEST = Duration.ofDays(366);
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

  /** The approximate maximum of decisions per run, since each costs time and memory. */
  private static final int MOST_DECISIONS = 20_000;

  /** The most events of all runs together. */
  private static final long MOST_EVENTS = 20_000_000;

  private final Terminal terminal;
  private final InputStream input;

  @Mixin private WorkOptions work = new WorkOptions();

  @Mixin private RoundOptions round = new RoundOptions();

  @Mixin private NamedLimitOptions named = new NamedLimitOptions();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "100",
      converter = Converters.Runs.class,
      description =
          "How often to run the round, with the seeds --seed, --seed + 1 and so on."
              + " Default: ${DEFAULT-VALUE}.")
  private int runs;

  @Option(names = "--json", description = "Print the result as JSON, without a chart.")
  private boolean json;

  public SimulateCommand(Terminal terminal, InputStream input) {
    this.terminal = terminal;
    this.input = input;
  }

  /** The result of a run. */
  private record Run(
      double finishSeconds,
      boolean deadlineMet,
      long retries,
      long failed,
      long largestWindow,
      boolean limitHeld,
      boolean conserved) {

    static Run of(Simulation.Result result) {
      RoundReport report = result.report();
      return new Run(
          Texts.seconds(report.elapsed()),
          report.deadlineMet(),
          report.retries(),
          report.failed(),
          report.largestWindow().orElseThrow(),
          report.limitHeld().orElseThrow(),
          result.conserved());
    }
  }

  /** The JSON output; the names in it are stable. */
  private record Summary(
      long seed,
      int runs,
      long events,
      Duration deadline,
      Distribution finishSeconds,
      int metDeadline,
      double metDeadlineShare,
      double confidence,
      double plannedConfidence,
      boolean asPlanned,
      Distribution retries,
      Distribution failed,
      long largestWindow,
      boolean limitHeld,
      boolean conserved) {

    static Summary of(long seed, Plan plan, List<Run> runs) {
      PlanRequest request = plan.request();
      double asked = request.terms().confidence().share();
      double planned = Math.min(asked, plan.confidenceWithEmergency());
      int met = (int) runs.stream().filter(Run::deadlineMet).count();
      return new Summary(
          seed,
          runs.size(),
          request.backlog().events(),
          request.terms().deadline(),
          distribution(runs, Run::finishSeconds),
          met,
          met / (double) runs.size(),
          asked,
          planned,
          isAsPlanned(runs.size() - met, runs.size(), 1 - planned),
          distribution(runs, Run::retries),
          distribution(runs, Run::failed),
          runs.stream().mapToLong(Run::largestWindow).max().orElse(0),
          runs.stream().allMatch(Run::limitHeld),
          runs.stream().allMatch(Run::conserved));
    }

    /**
     * Returns whether this number of missed runs may be chance: up to three standard deviations
     * above the mean.
     */
    private static boolean isAsPlanned(int missed, int runs, double risk) {
      return missed <= runs * risk + 3 * Math.sqrt(runs * risk * (1 - risk));
    }

    private static Distribution distribution(List<Run> runs, ToDoubleFunction<Run> value) {
      return Distribution.of(runs.stream().mapToDouble(value));
    }
  }

  @Override
  public Integer call() {
    List<AuditEvent> events = work.events(input, terminal.err(), round.limit());
    Limits limits = named.limits(round.named());
    PlanRequest request = round.request(events, limits);
    if ((long) runs * events.size() > MOST_EVENTS) {
      throw new InputException(
          "--runs "
              + runs
              + " of "
              + Texts.count(events.size(), "event")
              + " are more than "
              + MOST_EVENTS
              + " events in all; lower one of them");
    }
    Plan plan = Planner.plan(request);
    if (plan.finish().compareTo(LONGEST) > 0) {
      throw new InputException(
          "--limit "
              + request.limit()
              + " lets the round take "
              + Texts.duration(plan.finish())
              + "; at most "
              + Texts.duration(LONGEST)
              + " can be simulated");
    }
    Duration interval = interval(plan);
    Summary summary = Summary.of(work.seed(), plan, runAll(events, limits, request, interval));
    if (json) {
      terminal.out().printLines(Json.write(summary));
    } else {
      text(plan, summary).forEach(terminal.out()::println);
      Simulation.Result first = simulation(events, limits, request, interval, 0).run();
      terminal.out().println();
      terminal.out().println("One run, with seed " + work.seed() + ":");
      terminal.out().println();
      Chart.draw(first.samples(), request.terms().deadline(), terminal)
          .forEach(terminal.out()::println);
    }
    return summary.limitHeld() && summary.conserved() ? 0 : ExitCode.MISSED;
  }

  /** Returns the engine's decision interval, or a longer one for a round of hours. */
  private static Duration interval(Plan plan) {
    Duration interval = Duration.ofSeconds(plan.finish().dividedBy(MOST_DECISIONS).toSeconds());
    return interval.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : interval;
  }

  private List<Run> runAll(
      List<AuditEvent> events, Limits limits, PlanRequest request, Duration interval) {
    Console progress = new Console(terminal.err(), terminal.errIsLive());
    AtomicInteger done = new AtomicInteger();
    try (Interruption interruption = Interruption.telling(() -> progress.status(""))) {
      progress.status("0 of " + Texts.count(runs, "run"));
      List<Run> result =
          IntStream.range(0, runs)
              .parallel()
              .mapToObj(
                  i -> {
                    Run run = Run.of(simulation(events, limits, request, interval, i).run());
                    if (!interruption.happened()) {
                      progress.status(done.incrementAndGet() + " of " + Texts.count(runs, "run"));
                    }
                    return run;
                  })
              .toList();
      progress.status("");
      return result;
    }
  }

  private Simulation simulation(
      List<AuditEvent> events, Limits limits, PlanRequest request, Duration interval, int run) {
    return Simulation.builder(events, request.limit())
        .limits(limits)
        .terms(request.terms().withDecisionInterval(interval))
        .retryPolicy(round.attemptTerms().retryPolicy())
        .faults(round.faults(work.seed() + run))
        .build();
  }

  private List<String> text(Plan plan, Summary summary) {
    List<String> lines = new ArrayList<>(new PlanText(plan, terminal).round());
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "%-10s %9s %9s %9s %9s",
            Texts.count(runs, "run"),
            "min",
            "p50",
            "p90",
            "max"));
    lines.add(row("Finish", summary.finishSeconds(), " s"));
    lines.add(row("Retries", summary.retries(), ""));
    lines.add(row("Failed", summary.failed(), ""));
    lines.add("");
    lines.add(
        verdict(
            "Deadline",
            summary.asPlanned() && summary.plannedConfidence() >= summary.confidence(),
            String.format(
                Locale.ROOT,
                "met in %d of %s, %s; %s",
                summary.metDeadline(),
                Texts.count(runs, "run"),
                Texts.percent(summary.metDeadlineShare()),
                comparison(plan, summary))));
    lines.add(
        verdict(
            "Limit",
            summary.limitHeld(),
            (summary.limitHeld() ? "held" : "EXCEEDED")
                + ": at most "
                + Texts.count(summary.largestWindow(), "start")
                + " in any "
                + Texts.duration(plan.request().limit().window())));
    lines.add(
        verdict(
            "Balance",
            summary.conserved(),
            summary.conserved() ? "even: every event was done or failed" : "EVENTS WERE LOST"));
    return lines;
  }

  private static String comparison(Plan plan, Summary summary) {
    boolean canBeHad = summary.plannedConfidence() >= summary.confidence();
    String planned =
        canBeHad
            ? Texts.asked(plan.request().terms().confidence()) + " planned"
            : Texts.asked(plan.request().terms().confidence())
                + " asked for, "
                + Texts.confidence(summary.plannedConfidence())
                + " planned";
    return planned + (summary.asPlanned() ? "" : ": MORE MISSED than planned");
  }

  private static String row(String name, Distribution distribution, String unit) {
    return String.format(
        Locale.ROOT,
        "%-10s %9s %9s %9s %9s",
        name,
        Texts.number(distribution.min()) + unit,
        Texts.number(distribution.p50()) + unit,
        Texts.number(distribution.p90()) + unit,
        Texts.number(distribution.max()) + unit);
  }

  private String verdict(String name, boolean good, String text) {
    return String.format(Locale.ROOT, "%-10s ", name)
        + terminal.styled(good ? Style.GREEN : Style.RED, text);
  }
}
