package io.ratelimit.cli.scenario;

import static java.util.Objects.requireNonNull;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.scenario.SvgChart.Line;
import io.ratelimit.cli.scenario.SvgChart.Panel;
import io.ratelimit.cli.scenario.SvgChart.Point;
import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.shell.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Searches for the smallest value of a setting that reaches a goal. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Looks for the lowest limit, emergency limit, workers, deadline or confidence with which the"
          + " rounds of a scenario meet their deadline often enough, and shows what each value that"
          + " was tried leads to.",
      "All values are played with the same seeds. The search takes it that more helps, and halves"
          + " what is left with each try. Ends with 5 if no value reaches the goal."
    },
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer =
        "  ratelimit simulate tune examples/scenarios/audit.yaml --vary emergency-limit --met 99%%")
public final class SimulateTuneCommand implements Callable<Integer> {

  private static final double DEVIATIONS_SQUARED = 3.841459;

  private final Terminal terminal;

  @Mixin private ScenarioArgument file = new ScenarioArgument();

  @Option(
      names = "--vary",
      required = true,
      paramLabel = "SETTING",
      converter = KindConverter.class,
      description = "What is changed: limit, emergency-limit, workers, deadline or confidence.")
  private Dial.Kind kind = Dial.Kind.LIMIT;

  @Option(
      names = "--met",
      paramLabel = "SHARE",
      defaultValue = "99.9%",
      converter = Converters.Share.class,
      description =
          "The goal: which share of the rounds meets its deadline. Default: ${DEFAULT-VALUE}.")
  private double goal;

  @Option(
      names = "--from",
      paramLabel = "VALUE",
      description =
          "The lowest value. Default: 1, 1 s, 50%%, or for the emergency limit the limit.")
  private String from = "";

  @Option(
      names = "--to",
      paramLabel = "VALUE",
      description = "The highest value. Default: 10 times that of the scenario, or 99.999%%.")
  private String to = "";

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "The variant of the scenario to begin with. Default: the first, as written.")
  private String variant = "";

  @Option(
      names = "--budget",
      paramLabel = "N",
      defaultValue = "30",
      converter = Budget.class,
      description = "How many values are tried at most. Default: ${DEFAULT-VALUE}.")
  private int budget;

  @Mixin private TrialOptions options = new TrialOptions();

  public SimulateTuneCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  private static final class Budget implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      if (text.strip().matches("\\d{1,4}")) {
        int number = Integer.parseInt(text.strip());
        if (number >= 2 && number <= 1_000) {
          return number;
        }
      }
      throw new TypeConversionException(
          "must be a whole number from 2 to 1000 but is " + Texts.quoted(text));
    }
  }

  private static final class KindConverter implements ITypeConverter<Dial.Kind> {
    @Override
    public Dial.Kind convert(String text) {
      return Stream.of(Dial.Kind.values())
          .filter(kind -> kind.text().equals(text.strip()))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "must be one of "
                          + Stream.of(Dial.Kind.values())
                              .map(Dial.Kind::text)
                              .collect(Collectors.joining(", "))
                          + " but is "
                          + Texts.quoted(text)));
    }
  }

  /** A tried value. */
  private record Tried(String value, boolean reachesGoal, Outcome outcome) {}

  /** The JSON output; the names in it are stable. */
  private record Result(
      String scenario,
      boolean simulated,
      long seed,
      String setting,
      double goal,
      Optional<String> answer,
      boolean exact,
      boolean shown,
      int budget,
      List<Tried> tried,
      List<String> notSearched) {}

  @Override
  public Integer call() {
    SvgChart.requireDirectory(options.svg);
    Scenario scenario = file.read();
    Dial dial = Dial.of(kind, chosen(scenario), from, to);
    Trials trials =
        new Trials(scenario, options.seed, options.runs, Math.min(budget, dial.levels()), terminal);
    Search search =
        new Search(
            dial,
            goal,
            budget,
            level -> trials.play(dial.text().apply(level), dial.settings().apply(level)));
    OptionalInt lowest = search.lowest();
    lowest.ifPresent(search::lookAround);
    if (!options.svg.isEmpty()) {
      SvgChart.write(options.svg, svg(scenario, dial, search));
    }
    List<String> notSearched = notSearched(dial, search, lowest);
    if (options.json) {
      terminal.out().printLines(Json.write(result(scenario, dial, search, lowest, notSearched)));
    } else {
      text(scenario, dial, search, lowest, notSearched).forEach(terminal.out()::println);
    }
    return lowest.isPresent() ? 0 : ExitCode.GOAL_NOT_REACHED;
  }

  private Settings chosen(Scenario scenario) {
    if (variant.isEmpty()) {
      return scenario.variants().values().iterator().next();
    }
    Settings settings = scenario.variants().get(variant);
    if (settings == null) {
      throw new InputException(
          "--variant "
              + Texts.quoted(variant)
              + " is not in the scenario; there are "
              + String.join(", ", scenario.variants().keySet()));
    }
    return settings;
  }

  private boolean isShown(Outcome outcome) {
    return outcome.metInterval().low() >= goal;
  }

  private Result result(
      Scenario scenario, Dial dial, Search search, OptionalInt lowest, List<String> notSearched) {
    List<Tried> tried = new ArrayList<>();
    search
        .played()
        .forEach(
            (level, outcome) ->
                tried.add(
                    new Tried(dial.text().apply(level), outcome.metShare() >= goal, outcome)));
    return new Result(
        scenario.name(),
        true,
        options.seed,
        dial.name(),
        goal,
        lowest.isPresent() ? Optional.of(dial.text().apply(lowest.getAsInt())) : Optional.empty(),
        lowest.isPresent() && search.isExact(lowest.getAsInt()),
        lowest.isPresent() && isShown(outcome(search, lowest.getAsInt())),
        budget,
        tried,
        notSearched);
  }

  private static Outcome outcome(Search search, int level) {
    return requireNonNull(search.played().get(level));
  }

  private List<String> text(
      Scenario scenario, Dial dial, Search search, OptionalInt lowest, List<String> notSearched) {
    int width = Math.max(40, Math.min(100, terminal.width().getAsInt() - 1));
    List<String> lines = new ArrayList<>(Texts.paragraph("Scenario", 10, scenario.name(), width));
    lines.addAll(
        Texts.paragraph(
            "Goal", 10, Texts.percent(goal) + " of the rounds meet their deadline", width));
    lines.addAll(
        Texts.paragraph(
            "Searched",
            10,
            dial.name()
                + " from "
                + dial.text().apply(0)
                + " to "
                + dial.text().apply(dial.levels() - 1)
                + ", simulated: "
                + Texts.count(search.played().size(), "value")
                + " tried, of at most "
                + budget
                + ", each with the same "
                + Texts.count(options.runs, "seed"),
            width));
    lines.add("");
    Map<String, Outcome> rows = new LinkedHashMap<>();
    search
        .played()
        .forEach(
            (level, outcome) ->
                rows.put(
                    dial.text().apply(level)
                        + (lowest.isPresent() && lowest.getAsInt() == level ? " *" : ""),
                    outcome));
    lines.addAll(OutcomeTable.lines("VALUE", rows));
    lines.add("");
    lines.addAll(answer(dial, search, lowest, width));
    for (String each : notSearched) {
      lines.addAll(Texts.paragraph("Not", 10, each, width));
    }
    return lines;
  }

  private List<String> answer(Dial dial, Search search, OptionalInt lowest, int width) {
    if (lowest.isEmpty()) {
      return List.of(
          Texts.padded("Answer", 10)
              + terminal.styled(
                  Style.RED,
                  "none: not even " + dial.text().apply(dial.levels() - 1) + " reaches the goal"));
    }
    int level = lowest.getAsInt();
    Outcome outcome = outcome(search, level);
    List<String> lines = new ArrayList<>();
    lines.add(
        Texts.padded("Answer *", 10)
            + terminal.styled(
                Style.GREEN,
                dial.name()
                    + " "
                    + dial.text().apply(level)
                    + (search.isExact(level)
                        ? ""
                        : ", or less: the budget was used up before it was found")));
    lines.addAll(
        Texts.paragraph(
            "Sure",
            10,
            outcome.met()
                + " of "
                + Texts.count(outcome.rounds(), "round")
                + " met"
                + (isShown(outcome)
                    ? "; by the interval at least the goal"
                    : "; that alone does not show "
                        + Texts.percent(goal)
                        + (goal < 1
                            ? ", which takes at least "
                                + Texts.count(
                                    (long) Math.ceil(goal * DEVIATIONS_SQUARED / (1 - goal)),
                                    "round")
                                + " (--runs)"
                            : ", which no number of rounds does")),
            width));
    return lines;
  }

  private static List<String> notSearched(Dial dial, Search search, OptionalInt lowest) {
    List<String> told = new ArrayList<>();
    told.add("searched: any other setting, which stayed as written");
    told.add(
        "searched: values below "
            + dial.text().apply(0)
            + " and above "
            + dial.text().apply(dial.levels() - 1)
            + ", and those between the rows: more is taken to help");
    if (lowest.isPresent() && !search.againstTheOrder().isEmpty()) {
      told.add(
          "as assumed: with "
              + search.againstTheOrder().stream()
                  .map(level -> dial.text().apply(level))
                  .collect(Collectors.joining(", "))
              + " fewer rounds met their deadline than with less, so a lower value may reach the"
              + " goal, too");
    }
    return told;
  }

  private static String svg(Scenario scenario, Dial dial, Search search) {
    return SvgChart.draw(
        scenario.name() + ": " + dial.name(),
        "Simulated: what each value of "
            + dial.name()
            + " leads to. "
            + search.played().entrySet().stream()
                .map(
                    each ->
                        dial.text().apply(each.getKey())
                            + ": "
                            + Texts.percent(each.getValue().metShare())
                            + " met")
                .collect(Collectors.joining(", "))
            + ".",
        dial.name() + ", " + dial.unit(),
        List.of(
            new Panel(
                "rounds that met their deadline, per cent, with the interval of 95 %",
                List.of(
                    line(dial, search, "mean", outcome -> 100 * outcome.metShare()),
                    line(dial, search, "lower bound", o -> 100 * o.metInterval().low()),
                    line(dial, search, "upper bound", o -> 100 * o.metInterval().high()))),
            new Panel(
                "starts above the normal limit in a round",
                List.of(line(dial, search, "mean", Outcome::extraStarts))),
            new Panel(
                "minutes of workers in a round",
                List.of(line(dial, search, "mean", Outcome::workerMinutes)))));
  }

  private static Line line(Dial dial, Search search, String name, ToDoubleFunction<Outcome> value) {
    List<Point> points = new ArrayList<>();
    search
        .played()
        .forEach(
            (level, outcome) ->
                points.add(
                    new Point(dial.number().applyAsDouble(level), value.applyAsDouble(outcome))));
    return new Line(name, points, false);
  }
}
