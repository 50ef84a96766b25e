package io.ratelimit.cli.scenario;

import io.ratelimit.cli.round.Chart;
import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.core.simulation.Simulation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Plays a scenario, with its variants side by side. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Plays the scenario of a file with many seeds, and its variants side by side: the share of"
          + " rounds that met their deadline, when they were finished, the starts above the normal"
          + " limit and the minutes of workers of a round, each with its interval of 95 %%.",
      "docs/simulator.md describes the file, and what is not simulated. Ends with 0 unless a run"
          + " exceeded its limit or lost an event."
    },
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit simulate run examples/scenarios/audit.yaml --runs 1000")
public final class SimulateRunCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private ScenarioArgument file = new ScenarioArgument();

  @Mixin private TrialOptions options = new TrialOptions();

  public SimulateRunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The JSON output; the names in it are stable. */
  private record Result(
      String scenario, boolean simulated, long seed, Map<String, Outcome> variants) {}

  @Override
  public Integer call() {
    Scenario scenario = file.read();
    return play(scenario, List.of(), options, terminal);
  }

  /**
   * Plays a scenario and prints the results.
   *
   * @param notes further notes, as sentences
   * @return the exit code
   */
  static int play(Scenario scenario, List<String> notes, TrialOptions options, Terminal terminal) {
    SvgChart.requireDirectory(options.svg);
    int count = scenario.variants().size();
    Trials trials = new Trials(scenario, options.seed, options.runs, count, terminal);
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    scenario
        .variants()
        .forEach((name, settings) -> outcomes.put(name, trials.play(name, settings)));
    if (!options.svg.isEmpty()) {
      Map<String, Simulation.Result> first = new LinkedHashMap<>();
      scenario.variants().forEach((name, settings) -> first.put(name, trials.first(settings)));
      SvgChart.write(options.svg, RunCharts.svg(scenario.name(), options.seed, first));
    }
    if (options.json) {
      terminal
          .out()
          .printLines(Json.write(new Result(scenario.name(), true, options.seed, outcomes)));
    } else {
      text(scenario, notes, outcomes, options, terminal).forEach(terminal.out()::println);
      chart(scenario, trials, options, terminal);
    }
    boolean sound =
        outcomes.values().stream().allMatch(each -> each.limitHeld() && each.conserved());
    return sound ? 0 : ExitCode.MISSED;
  }

  private static List<String> text(
      Scenario scenario,
      List<String> notes,
      Map<String, Outcome> outcomes,
      TrialOptions options,
      Terminal terminal) {
    int width = Math.max(40, Math.min(100, terminal.width().getAsInt() - 1));
    List<String> lines = new ArrayList<>();
    lines.addAll(Texts.paragraph("Scenario", 10, scenario.name(), width));
    lines.addAll(
        Texts.paragraph(
            "Simulated",
            10,
            Texts.count(options.runs, "run")
                + " of "
                + Texts.count(scenario.rounds(), "round")
                + " each, with the seeds from "
                + options.seed
                + " on; "
                + Texts.count(
                    scenario.arrivals(options.seed).stream().mapToLong(List::size).sum(), "event")
                + " with the first",
            width));
    for (String note : notes) {
      lines.addAll(Texts.paragraph("Note", 10, note, width));
    }
    lines.add("");
    lines.addAll(OutcomeTable.lines("SETTINGS", outcomes));
    lines.add("");
    boolean held = outcomes.values().stream().allMatch(Outcome::limitHeld);
    boolean conserved = outcomes.values().stream().allMatch(Outcome::conserved);
    lines.add(
        "Limit     " + terminal.styled(held ? Style.GREEN : Style.RED, held ? "held" : "EXCEEDED"));
    lines.add(
        "Balance   "
            + terminal.styled(
                conserved ? Style.GREEN : Style.RED,
                conserved ? "even: every event was accounted for" : "EVENTS WERE LOST"));
    return lines;
  }

  private static void chart(
      Scenario scenario, Trials trials, TrialOptions options, Terminal terminal) {
    String name = scenario.variants().keySet().iterator().next();
    Settings settings = scenario.variants().values().iterator().next();
    terminal.out().println("");
    terminal
        .out()
        .println(
            "One run, with seed "
                + options.seed
                + (scenario.variants().size() == 1 ? "" : ", " + name)
                + ":");
    terminal.out().println("");
    Chart.draw(trials.first(settings).samples(), settings.terms().deadline(), terminal)
        .forEach(terminal.out()::println);
  }
}
