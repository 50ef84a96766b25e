package io.ratelimit.benchmarks.engine;

import io.ratelimit.benchmarks.table.Arguments;
import io.ratelimit.benchmarks.table.Table;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * Measures the engine beside workers of other libraries over Redis, and prints tables: how many
 * events per second a process handles, and the cost of an event; how soon a single event starts;
 * the cost of idle engines; and that of pending events in the heap. It starts its own Redis, on the
 * loopback address.
 */
public final class EngineBenchmark {

  static final String DRAIN = "drain";
  static final String WAKEUPS = "wakeups";
  static final String IDLE = "idle";
  static final String MEMORY = "memory";
  static final List<String> SECTIONS = List.of(DRAIN, WAKEUPS, IDLE, MEMORY);

  private static final int HANDLER_MILLIS = 5;
  private static final int RUNS = 3;

  private final LocalRedis redis;
  private final boolean quick;

  private EngineBenchmark(LocalRedis redis, boolean quick) {
    this.redis = redis;
    this.quick = quick;
  }

  /**
   * Runs.
   *
   * @param arguments the sections, out of {@code drain}, {@code wakeups}, {@code idle} and {@code
   *     memory}, all by default; {@code --quick} for less than a minute; {@code --json} and a file
   *     for the rows of {@code drain} as JSON, too
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Arguments given = Arguments.readOrExit(SECTIONS, arguments);
    List<Sample> samples = run(given.sections(), given.quick());
    given.write(Arguments.array(samples.stream().map(Sample::json).toList()));
    System.exit(0); // Ends threads that the clients leave behind.
  }

  /** Measures, and prints each row as it is measured. */
  static List<Sample> run(List<String> sections, boolean quick)
      throws IOException, InterruptedException {
    System.out.printf(
        "Java %s, %d processors; one Redis on the loopback, without persistence%n",
        Runtime.version(), Runtime.getRuntime().availableProcessors());
    List<Sample> samples = new ArrayList<>();
    try (LocalRedis redis = LocalRedis.start()) {
      EngineBenchmark benchmark = new EngineBenchmark(redis, quick);
      if (sections.contains(DRAIN)) {
        samples.addAll(benchmark.drain());
      }
      if (sections.contains(WAKEUPS)) {
        benchmark.wakeups();
      }
      if (sections.contains(IDLE)) {
        Idle.print(redis.uri(), quick);
      }
      if (sections.contains(MEMORY)) {
        Memory.print(redis.uri(), quick);
      }
    }
    return samples;
  }

  /** Measures one side once. */
  private interface Run {
    Sample once() throws IOException, InterruptedException;
  }

  private List<Sample> drain() throws IOException, InterruptedException {
    for (Peer peer : Peer.values()) {
      peer.obstacle().ifPresent(System.out::println);
    }
    Table table =
        new Table(
            20,
            "Drain",
            "lanes",
            "handler, ms",
            "per second",
            "of BullMQ",
            "Redis, µs",
            "scripts",
            "sleeps",
            "processor, µs");
    List<Sample> samples = new ArrayList<>();
    for (int millis : new int[] {0, HANDLER_MILLIS}) {
      for (int lanes : quick ? new int[] {1, 10} : new int[] {1, 10, 50, 200}) {
        samples.addAll(sideBySide(table, lanes, millis));
      }
    }
    return samples;
  }

  private List<Sample> sideBySide(Table table, int lanes, int millis)
      throws IOException, InterruptedException {
    int events = events(lanes, millis);
    List<Run> sides = new ArrayList<>();
    for (Peer peer : Peer.values()) {
      if (peer.obstacle().isEmpty()) {
        int jobs = peer == Peer.BULLMQ ? events : Math.max(1, events / 4);
        sides.add(() -> peer.drain(redis.port(), lanes, millis, jobs));
      }
    }
    sides.add(() -> EngineDrain.overRedis(redis.uri(), lanes, millis, events));
    sides.add(() -> EngineDrain.inMemory(lanes, millis, millis == 0 ? 10 * events : events));
    List<List<Sample>> runs = new ArrayList<>();
    sides.forEach(side -> runs.add(new ArrayList<>()));
    // The sides take turns, so that other load on the machine affects all of them.
    for (int run = 0; run < (quick ? 1 : RUNS); run++) {
      for (int side = 0; side < sides.size(); side++) {
        runs.get(side).add(sides.get(side).once());
      }
    }
    List<Sample> middle = runs.stream().map(EngineBenchmark::middle).toList();
    OptionalDouble bullMq =
        middle.stream()
            .filter(sample -> sample.side().equals(Peer.BULLMQ.title()))
            .mapToDouble(Sample::perSecond)
            .findFirst();
    for (Sample sample : middle) {
      table.row(
          sample.side(),
          lanes,
          millis,
          sample.perSecond(),
          bullMq.isPresent() ? sample.perSecond() / bullMq.getAsDouble() : "",
          cell(sample.storeMicros()),
          cell(sample.calls()),
          cell(sample.sleeps()),
          cell(sample.micros()));
    }
    return middle;
  }

  private int events(int lanes, int millis) {
    int seconds = quick ? 1 : 3;
    int perSecond = millis == 0 ? Math.min(3_000 * lanes, 20_000) : lanes * 1_000 / millis;
    return seconds * Math.min(perSecond, 20_000);
  }

  private static Sample middle(List<Sample> runs) {
    ToDoubleFunction<Sample> rate = Sample::perSecond;
    return runs.stream().sorted(Comparator.comparingDouble(rate)).toList().get(runs.size() / 2);
  }

  private static Object cell(OptionalDouble value) {
    return value.isPresent() ? (Object) value.getAsDouble() : "";
  }

  private void wakeups() throws InterruptedException {
    Table table =
        new Table(
            24,
            "An event that is alone",
            "begun p50, ms",
            "p99, ms",
            "done p50, ms",
            "p99, ms",
            "scripts");
    for (int engines : quick ? new int[] {1, 3} : new int[] {1, 3, 50}) {
      Wakeups wakeups =
          Wakeups.measure(redis.uri(), engines, quick ? 50 : 500, Duration.ofMillis(20));
      table.row(
          engines + " idle engines",
          wakeups.begun().p50Millis(),
          wakeups.begun().p99Millis(),
          wakeups.done().p50Millis(),
          wakeups.done().p99Millis(),
          wakeups.scripts());
    }
  }
}
