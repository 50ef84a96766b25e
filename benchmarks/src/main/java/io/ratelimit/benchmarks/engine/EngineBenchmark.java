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
 * events per second a process handles, and the cost of an event; how close waiting handlers come to
 * what their lanes, or the queue alone, could do; how soon a single event starts; the cost of idle
 * engines; and that of pending events in the heap. It starts its own Redis, on the loopback
 * address.
 */
public final class EngineBenchmark {

  static final String DRAIN = "drain";
  static final String WAITING = "waiting";
  static final String WAKEUPS = "wakeups";
  static final String IDLE = "idle";
  static final String MEMORY = "memory";
  static final List<String> SECTIONS = List.of(DRAIN, WAITING, WAKEUPS, IDLE, MEMORY);

  private static final int HANDLER_MILLIS = 5;
  private static final int RUNS = 3;

  /** An engine with an empty handler is measured for as long as a peer that is slower. */
  private static final int MORE_WITHOUT_HANDLER = 4;

  /** So many events fit into young memory, mostly. */
  private static final int IN_MEMORY = 300_000;

  private static final Duration AT_LEAST = Duration.ofSeconds(2);

  private final LocalRedis redis;
  private final boolean quick;

  private EngineBenchmark(LocalRedis redis, boolean quick) {
    this.redis = redis;
    this.quick = quick;
  }

  /**
   * Runs.
   *
   * @param arguments the sections, out of {@code drain}, {@code waiting}, {@code wakeups}, {@code
   *     idle} and {@code memory}, all by default; {@code --quick} for a minute or two; {@code
   *     --json} and a file for the rows of the first two as JSON, too
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
      if (sections.contains(WAITING)) {
        samples.addAll(benchmark.waiting());
      }
      if (sections.contains(WAKEUPS)) {
        Wakeups.print(redis.uri(), quick);
        HalfLoad.print(redis.uri(), quick);
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
    int more = millis == 0 && !quick ? MORE_WITHOUT_HANDLER * events : events;
    List<Run> sides = new ArrayList<>();
    for (Peer peer : Peer.values()) {
      if (peer.obstacle().isEmpty()) {
        int jobs = peer == Peer.BULLMQ ? events : Math.max(1, events / 4);
        sides.add(() -> peer.drain(redis.port(), lanes, millis, jobs));
      }
    }
    sides.add(() -> EngineDrain.overRedis(redis.uri(), lanes, millis, Handling.THREADS, more));
    sides.add(
        () ->
            EngineDrain.inMemory(
                lanes,
                millis,
                Handling.THREADS,
                millis == 0 ? (quick ? 50_000 : IN_MEMORY) : events,
                millis == 0 && !quick ? AT_LEAST : Duration.ZERO));
    List<Sample> middle = inTurns(sides);
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

  private List<Sample> inTurns(List<Run> sides) throws IOException, InterruptedException {
    List<List<Sample>> runs = new ArrayList<>();
    sides.forEach(side -> runs.add(new ArrayList<>()));
    // The sides take turns, so that what else goes on hits all of them.
    for (int run = 0; run < (quick ? 1 : RUNS); run++) {
      for (int side = 0; side < sides.size(); side++) {
        runs.get(side).add(sides.get(side).once());
      }
    }
    return runs.stream().map(EngineBenchmark::middle).toList();
  }

  private List<Sample> waiting() throws IOException, InterruptedException {
    Table table =
        new Table(
            28,
            "Handlers of " + HANDLER_MILLIS + " ms",
            "lanes",
            "per second",
            "of the lanes'",
            "of the queue's",
            "Redis, µs",
            "scripts",
            "sleeps",
            "processor, µs");
    List<Sample> samples = new ArrayList<>();
    for (int lanes : quick ? new int[] {10, 200} : new int[] {10, 50, 200, 1_000}) {
      samples.addAll(waiting(table, lanes));
    }
    return samples;
  }

  private List<Sample> waiting(Table table, int lanes) throws IOException, InterruptedException {
    int ideal = lanes * 1_000 / HANDLER_MILLIS;
    int events = (quick ? 1 : 4) * Math.min(ideal, 40_000);
    Sample redisAlone =
        inTurns(List.of(() -> EngineDrain.queueOverRedis(redis.uri(), lanes, events))).get(0);
    Sample memoryAlone =
        inTurns(List.of(() -> EngineDrain.queueInMemory(lanes, events, Duration.ZERO))).get(0);
    List<Run> sides = new ArrayList<>();
    List<Sample> alone = new ArrayList<>();
    for (Handling handling : Handling.possible()) {
      sides.add(() -> EngineDrain.overRedis(redis.uri(), lanes, HANDLER_MILLIS, handling, events));
      alone.add(redisAlone);
    }
    for (Handling handling : Handling.possible()) {
      sides.add(() -> EngineDrain.inMemory(lanes, HANDLER_MILLIS, handling, events, Duration.ZERO));
      alone.add(memoryAlone);
    }
    List<Sample> middle = inTurns(sides);
    List<Sample> rows = new ArrayList<>(List.of(redisAlone, memoryAlone));
    rows.forEach(sample -> row(table, sample, "", ""));
    for (int n = 0; n < middle.size(); n++) {
      Sample sample = middle.get(n);
      row(table, sample, sample.perSecond() / ideal, sample.perSecond() / alone.get(n).perSecond());
      rows.add(sample);
    }
    return rows;
  }

  private static void row(Table table, Sample sample, Object ofLanes, Object ofQueue) {
    table.row(
        sample.side(),
        sample.lanes(),
        sample.perSecond(),
        ofLanes,
        ofQueue,
        cell(sample.storeMicros()),
        cell(sample.calls()),
        cell(sample.sleeps()),
        cell(sample.micros()));
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
}
