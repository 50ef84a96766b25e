package io.ratelimit.benchmarks.temporal;

import io.ratelimit.benchmarks.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Measures managers beside native activities, and prints a table: how many events a second one
 * worker process handles, and how much of a processor an event takes. It starts a Temporal server
 * and a Redis of its own, on the loopback.
 */
public final class TemporalBenchmark {

  private static final String QUICK = "--quick";
  private static final String JSON = "--json";

  private TemporalBenchmark() {}

  /**
   * Runs.
   *
   * @param arguments the sections, out of {@code single}, {@code shares} and {@code adaptive}, all
   *     by default; {@code --quick} for less than a minute; {@code --json} and a file for the rows
   *     as JSON, too
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> given = new ArrayList<>(List.of(arguments));
    boolean quick = given.remove(QUICK);
    Optional<Path> json = file(given);
    if (!Comparison.SECTIONS.containsAll(given)) {
      System.err.println(
          "arguments are " + QUICK + ", " + JSON + " FILE and " + Comparison.SECTIONS);
      System.exit(2);
    }
    List<Speed> speeds = run(given.isEmpty() ? Comparison.SECTIONS : given, quick);
    if (json.isPresent()) {
      Files.writeString(
          json.get(),
          speeds.stream().map(Speed::json).collect(Collectors.joining(",\n", "[\n", "\n]\n")));
    }
    System.exit(0); // Whatever threads the clients leave behind.
  }

  /** Takes the name of the file from the arguments. */
  private static Optional<Path> file(List<String> arguments) {
    int at = arguments.indexOf(JSON);
    if (at < 0 || at + 1 == arguments.size()) {
      return Optional.empty();
    }
    arguments.remove(at);
    return Optional.of(Path.of(arguments.remove(at)));
  }

  /** Measures, and prints on the way. */
  static List<Speed> run(List<String> sections, boolean quick) throws InterruptedException {
    System.out.printf(
        "Java %s, %d processors; one Temporal development server and one Redis on the loopback%n",
        Runtime.version(), Runtime.getRuntime().availableProcessors());
    Table table =
        new Table(
            26,
            "Under Temporal",
            "lanes",
            "per second",
            "of native",
            "Server, µs",
            "Worker, µs",
            "Redis, µs",
            "history");
    try (Servers servers = new Servers()) {
      return new Comparison(servers, table, quick).run(sections);
    }
  }
}
