package io.ratelimit.benchmarks.faults;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Injects faults under a live load of three processes over Redis, and prints a table of what was
 * lost, how soon work continued, and what health said. It starts all servers and processes itself,
 * on the loopback address, and ends them. It needs {@code redis-server} and {@code kill}, and
 * {@code gcc} for wrong clocks.
 */
public final class FaultMatrix {

  private static final Duration STEP = Duration.ofMillis(1_500);
  private static final Duration SHORT_STEP = Duration.ofMillis(700);

  private final MatrixOptions options;
  private final PrintStream out;
  private final Path directory;

  private FaultMatrix(MatrixOptions options, PrintStream out, Path directory) {
    this.options = options;
    this.out = out;
    this.directory = directory;
  }

  /**
   * Runs the matrix. The exit code is 0 if all guarantees held, 1 if one was violated, and 2 if the
   * arguments are wrong.
   *
   * @param arguments see {@code docs/reliability.md}
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (List.of(arguments).equals(List.of("--list"))) {
      Faults.all().forEach(fault -> System.out.println(fault.name() + ": " + fault.happens()));
      return;
    }
    MatrixOptions options;
    try {
      options = MatrixOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(MatrixOptions.USAGE);
      System.exit(2);
      return;
    }
    List<Row> rows = run(options, System.out);
    System.exit(rows.stream().anyMatch(Row::isViolated) ? 1 : 0);
  }

  /** Tries the requested faults. */
  static List<Row> run(MatrixOptions options, PrintStream out)
      throws IOException, InterruptedException {
    Path directory =
        options.keep().isPresent()
            ? Files.createDirectories(options.keep().get()).toAbsolutePath()
            : Files.createTempDirectory("ratelimit-faults");
    try {
      return new FaultMatrix(options, out, directory).run();
    } finally {
      if (options.keep().isEmpty()) {
        delete(directory);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private List<Row> run() throws IOException, InterruptedException {
    long until = System.nanoTime() + options.within().toNanos();
    boolean canShiftClocks = ClockShim.isPossible();
    out.println(Row.HEADING);
    ExecutorService trials = Executors.newFixedThreadPool(options.atOnce());
    List<Row> rows = new ArrayList<>();
    try {
      List<Future<Row>> results = new ArrayList<>();
      for (Fault fault : options.faults()) {
        results.add(
            trials.submit(
                () -> {
                  if (System.nanoTime() > until) {
                    return Row.notRun(fault, "out of time");
                  }
                  return fault.setup().hasClock() && !canShiftClocks
                      ? Row.notRun(fault, "no compiler")
                      : attempt(fault);
                }));
      }
      for (Future<Row> result : results) {
        Row row = result.get();
        rows.add(row);
        out.println(row.line());
      }
    } catch (ExecutionException e) {
      throw new IOException("a trial could not be made", e.getCause());
    } finally {
      List<Runnable> unused = trials.shutdownNow();
    }
    summarize(rows);
    return rows;
  }

  private Row attempt(Fault fault) throws InterruptedException {
    try {
      Path folder = Files.createDirectories(directory.resolve(fault.name()));
      Duration step = options.isShort() ? SHORT_STEP : STEP;
      return Row.judged(fault, Trial.run(fault, folder, step, options.seed()));
    } catch (IOException e) {
      return Row.broken(fault, e);
    }
  }

  private void summarize(List<Row> rows) throws IOException {
    long violated = rows.stream().filter(Row::isViolated).count();
    long run = rows.stream().filter(row -> row.verdict().isPresent()).count();
    out.printf(
        "%n%d faults, %d tried, %d violated, seed %d%n",
        rows.size(), run, violated, options.seed());
    if (options.json().isPresent()) {
      String text = rows.stream().map(Row::json).collect(Collectors.joining(",\n", "[", "]\n"));
      Files.writeString(options.json().get(), text);
    }
  }
}
