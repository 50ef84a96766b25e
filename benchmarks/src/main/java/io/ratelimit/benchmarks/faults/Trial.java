package io.ratelimit.benchmarks.faults;

import io.ratelimit.benchmarks.faults.judge.Books;
import io.ratelimit.benchmarks.faults.judge.Entry;
import io.ratelimit.benchmarks.faults.judge.Evidence;
import io.ratelimit.benchmarks.faults.judge.Journal;
import io.ratelimit.benchmarks.faults.judge.Judge;
import io.ratelimit.benchmarks.faults.judge.Resp;
import io.ratelimit.benchmarks.faults.judge.Span;
import io.ratelimit.benchmarks.faults.judge.Stamps;
import io.ratelimit.benchmarks.faults.judge.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One fault under a live load: the load begins, the limit is raised, the fault begins, the limit is
 * lowered during the fault, and raised and lowered again after it. Work must continue; in the end,
 * the rest is drained and the books are read.
 */
final class Trial {

  private static final int FASTEST_PERMITS = 2_000;
  private static final long REPEAT_MILLIS = 250;
  private static final long LOOK_MILLIS = 100;

  /**
   * How long the rest may stay unchanged before it counts as left over: the queue searches for lost
   * events.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  /** How long to watch beyond the bound, to tell late work from none. */
  private static final long OVERTIME_MICROS = 5 * Stamps.PER_SECOND;

  private final Fault fault;
  private final Duration step;
  private final Scene scene;

  private Trial(Fault fault, Duration step, Scene scene) {
    this.fault = fault;
    this.step = step;
    this.scene = scene;
  }

  /**
   * Tries a fault under load.
   *
   * @param directory the folder for the trial's files
   * @param step the duration of the load between two changes of the limit
   */
  static Verdict run(Fault fault, Path directory, Duration step, long seed)
      throws IOException, InterruptedException {
    try (Scene scene = new Scene(directory, fault.setup(), seed)) {
      return new Trial(fault, step, scene).run();
    }
  }

  private Verdict run() throws IOException, InterruptedException {
    if (!scene.startLoads(Scene.PROCESSES)) {
      throw new IOException("the load cannot be started");
    }
    Scene.sleep(step);
    changeLimit(LoadProcess.RAISED_PERMITS);
    Scene.sleep(step);

    long begin = Stamps.now();
    fault.begin().run(scene);
    changeLimit(LoadProcess.PERMITS);
    hold();
    fault.end().run(scene);
    long end = Stamps.now();

    long workFrom = fault.recovery() == Fault.Recovery.AFTER ? end : begin;
    Scene.sleep(step);
    changeLimit(LoadProcess.RAISED_PERMITS);
    Scene.sleep(step);
    changeLimit(LoadProcess.PERMITS);
    Scene.sleep(step);
    awaitWork(workFrom);

    long drainFrom = Stamps.now();
    Books books = drain();
    return Judge.judge(
        new Evidence(
            scene.journals(),
            scene.working().stream().map(Load::name).collect(Collectors.toSet()),
            TimeUnit.MICROSECONDS.convert(LoadProcess.PERIOD),
            LoadProcess.PERMITS,
            fault.setup().named() == Fault.Named.NONE ? List.of() : LoadProcess.RULES,
            fault.setup().named() == Fault.Named.NONE ? List.of() : LoadProcess.BOUNDS,
            new Span(begin, end),
            workFrom,
            drainFrom,
            fault.recovery() == Fault.Recovery.MEANWHILE,
            books,
            fault.allowances()));
  }

  private void changeLimit(int permits) throws IOException {
    List<Load> working = scene.working();
    if (!working.isEmpty()) {
      working.get(0).tell("limit " + permits);
    }
  }

  private void hold() throws IOException, InterruptedException {
    long until = System.nanoTime() + fault.lasts().toNanos();
    for (long left = fault.lasts().toNanos(); left > 0; left = until - System.nanoTime()) {
      fault.repeat().run(scene);
      Thread.sleep(Math.min(REPEAT_MILLIS, 1 + TimeUnit.NANOSECONDS.toMillis(left)));
    }
  }

  /** Waits until every process has started something again, or should have. */
  private void awaitWork(long from) throws IOException, InterruptedException {
    long patience = from + Judge.BOUND_MICROS + OVERTIME_MICROS;
    while (!allWork(from) && Stamps.now() < patience && scene.areAlive()) {
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private boolean allWork(long from) throws IOException {
    for (Load load : scene.working()) {
      Journal journal = load.journal();
      if (journal.all(Entry.Started.class).noneMatch(start -> start.at() >= from)) {
        return false;
      }
    }
    return true;
  }

  /** Lets the load finish the remaining events, and ends it. */
  private Books drain() throws IOException, InterruptedException {
    for (Load load : scene.working()) {
      load.tell("drain");
    }
    changeLimit(FASTEST_PERMITS);
    long left = books().unfinished();
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (left > 0 && System.nanoTime() < until) {
      Thread.sleep(LOOK_MILLIS);
      long now = books().unfinished();
      if (now < left) {
        until = System.nanoTime() + PATIENCE.toNanos();
      }
      left = now;
    }
    Load.endAll(scene.working());
    return books();
  }

  private Books books() throws IOException {
    RedisProcess redis = scene.serving();
    try (Resp connection = redis.connect()) {
      return Books.read(connection, scene.key(""));
    }
  }
}
