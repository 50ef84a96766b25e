package io.ratelimit.benchmarks.temporal;

import io.ratelimit.benchmarks.table.Arguments;
import io.ratelimit.benchmarks.table.Table;
import java.io.IOException;
import java.util.List;

/**
 * Measures managers beside native activities, and prints a table: how many events per second a
 * worker process handles, and the CPU time of an event. It starts its own Temporal server and
 * Redis, on the loopback address.
 */
public final class TemporalBenchmark {

  private TemporalBenchmark() {}

  /**
   * Runs.
   *
   * @param arguments the sections, out of {@code single}, {@code shares} and {@code adaptive}, all
   *     by default; {@code --quick} for less than a minute; {@code --json} and a file for the rows
   *     as JSON, too
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Arguments given = Arguments.readOrExit(Comparison.SECTIONS, arguments);
    List<Speed> speeds = run(given.sections(), given.quick());
    given.write(Arguments.array(speeds.stream().map(Speed::json).toList()));
    System.exit(0); // Ends threads that the clients leave behind.
  }

  /** Measures, and prints each row as it is measured. */
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
