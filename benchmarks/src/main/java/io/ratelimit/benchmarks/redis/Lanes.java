package io.ratelimit.benchmarks.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Threads that repeat a step. */
final class Lanes implements AutoCloseable {

  /** A step of a lane. */
  interface Step {
    /** Returns how many events it finished. */
    int run() throws Exception;
  }

  private final MeasuredRedis redis;
  private final int count;
  private final ExecutorService threads;

  Lanes(MeasuredRedis redis, int count) {
    this.redis = redis;
    this.count = count;
    this.threads = Executors.newFixedThreadPool(count);
  }

  int count() {
    return count;
  }

  /** Repeats the step until it has requested this many events, with {@code perStep} in each. */
  Rate finish(int events, int perStep, Step step) throws InterruptedException {
    AtomicLong left = new AtomicLong(events);
    return run(() -> left.getAndAdd(-perStep) > 0, step);
  }

  /** Repeats the step for a time. */
  Rate runFor(Duration duration, Step step) throws InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    return run(() -> System.nanoTime() < end, step);
  }

  private Rate run(BooleanSupplier more, Step step) throws InterruptedException {
    return Rate.of(redis, () -> finished(more, step));
  }

  private long finished(BooleanSupplier more, Step step) throws InterruptedException {
    List<Future<Long>> results = new ArrayList<>();
    Callable<Long> lane =
        () -> {
          long finished = 0;
          while (more.getAsBoolean()) {
            finished += step.run();
          }
          return finished;
        };
    for (int n = 0; n < count; n++) {
      results.add(threads.submit(lane));
    }
    long finished = 0;
    for (Future<Long> result : results) {
      try {
        finished += result.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a lane failed", e.getCause());
      }
    }
    return finished;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
