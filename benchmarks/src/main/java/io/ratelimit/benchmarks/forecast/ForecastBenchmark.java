package io.ratelimit.benchmarks.forecast;

import io.ratelimit.benchmarks.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plays rounds in virtual time with each forecaster, without one, and with the truth as the
 * forecast, and prints a table for each shape of workload: missed deadlines, starts beyond the
 * normal limit, worker minutes, and the errors of the forecasts.
 */
public final class ForecastBenchmark {

  private static final String QUICK = "--quick";
  private static final String JSON = "--json";
  private static final String SEEDS = "--seeds";
  private static final String START_UP = "--start-up";
  private static final int WEEK = 7 * Shape.ROUNDS_PER_DAY;

  private ForecastBenchmark() {}

  /**
   * Runs.
   *
   * @param arguments {@code --quick} for a few rounds of one seed; {@code --seeds} and how many, 3
   *     by default; {@code --start-up} and the seconds that a worker takes until it works, 0 by
   *     default; {@code --json} and a file for the rows as JSON, too
   */
  public static void main(String[] arguments) throws IOException {
    List<String> given = new ArrayList<>(List.of(arguments));
    boolean quick = given.remove(QUICK);
    int seeds = option(given, SEEDS).map(Integer::parseInt).orElse(quick ? 1 : 3);
    Duration startUp = Duration.ofSeconds(option(given, START_UP).map(Integer::parseInt).orElse(0));
    Optional<Path> json = option(given, JSON).map(Path::of);
    if (!given.isEmpty()) {
      System.err.println(
          "arguments are " + QUICK + ", " + SEEDS + " N, " + START_UP + " N, " + JSON + " FILE");
      System.exit(2);
    }
    List<String> rows = run(quick ? 331 : 41, seeds, startUp);
    if (json.isPresent()) {
      Files.writeString(json.get(), "[\n" + String.join(",\n", rows) + "\n]\n");
    }
  }

  private static Optional<String> option(List<String> arguments, String name) {
    int at = arguments.indexOf(name);
    if (at < 0 || at + 1 == arguments.size()) {
      return Optional.empty();
    }
    arguments.remove(at);
    return Optional.of(arguments.remove(at));
  }

  /** Plays every n-th round of the fourth week, and prints each row as it is measured. */
  static List<String> run(int stride, int seeds, Duration startUp) {
    List<String> rows = new ArrayList<>();
    Map<String, Score> all = new LinkedHashMap<>();
    for (Shape shape : Shape.values()) {
      Map<String, Score> scores = new LinkedHashMap<>();
      for (int seed = 1; seed <= seeds; seed++) {
        Course course =
            new Course(
                shape.counts(4 * WEEK, seed), shape.atBegin(), seed, 3 * WEEK, stride, startUp);
        add(scores, "reaction", course.reaction());
        for (Way way : Way.ALL) {
          add(scores, way.name(), course.with(way.forecaster()));
        }
        add(scores, "oracle", course.oracle());
      }
      print(shape.name(), scores, rows);
      scores.forEach((way, score) -> add(all, way, score));
    }
    print("ALL", all, rows);
    return rows;
  }

  private static void add(Map<String, Score> scores, String way, Score score) {
    scores.computeIfAbsent(way, name -> new Score()).plus(score);
  }

  private static void print(String shape, Map<String, Score> scores, List<String> rows) {
    Table table =
        new Table(
            24,
            shape,
            "missed %",
            "late events",
            "extra starts",
            "worker min",
            "highest/min",
            "used %",
            "MASE",
            "sMAPE",
            "coverage %");
    scores.forEach(
        (way, score) -> {
          table.row(
              way,
              score.missed(),
              score.late(),
              score.extraStarts(),
              score.workerMinutes(),
              score.highest(),
              score.used(),
              score.mase(),
              score.smape(),
              score.coverage());
          rows.add(score.json(shape, way));
        });
  }
}
