package io.ratelimit.benchmarks.engine;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Counts handled events, and measures from the end of the warm-up. Thread-safe. */
final class Course {

  private static final int WARM_UP_PARTS = 5;
  private static final long PATIENCE_MINUTES = 10;

  /** The usage up to a moment. */
  private record Moment(long nanos, Duration processor, Map<String, Long> sleeps, RedisUse store) {}

  private final int events;
  private final Supplier<RedisUse> store;
  private final AtomicInteger handled = new AtomicInteger();
  private final CompletableFuture<Moment> begin = new CompletableFuture<>();
  private final CompletableFuture<Moment> end = new CompletableFuture<>();

  /**
   * @param events the number of events; the first fifth is not measured
   * @param store returns the store's usage
   */
  Course(int events, Supplier<RedisUse> store) {
    this.events = events;
    this.store = store;
  }

  private Moment now() {
    return new Moment(System.nanoTime(), processor(), ThreadSleeps.byThread(), store.get());
  }

  /** Returns the CPU time of this process. */
  static Duration processor() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Counts an event. */
  void handled() {
    int now = handled.incrementAndGet();
    if (now == events / WARM_UP_PARTS) {
      begin.complete(now());
    } else if (now == events) {
      end.complete(now());
    }
  }

  /** Waits until all events are handled. */
  void await() throws InterruptedException {
    try {
      Moment unused = end.get(PATIENCE_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("only " + handled + " of " + events + " are handled", e);
    }
  }

  /** Returns the measurement, once all events are handled. */
  Sample sample(String side, int lanes, int handlerMillis, boolean isInStore) {
    Moment since = begin.join();
    Moment until = end.join();
    double measured = events - events / WARM_UP_PARTS;
    RedisUse used = until.store().since(since.store());
    return new Sample(
        side,
        lanes,
        handlerMillis,
        measured * 1e9 / (until.nanos() - since.nanos()),
        isInStore ? OptionalDouble.of(used.micros() / measured) : OptionalDouble.empty(),
        isInStore ? OptionalDouble.of(used.scripts() / measured) : OptionalDouble.empty(),
        OptionalDouble.of(ThreadSleeps.between(since.sleeps(), until.sleeps()) / measured),
        OptionalDouble.of(until.processor().minus(since.processor()).toNanos() / 1e3 / measured));
  }
}
