package io.ratelimit.benchmarks.temporal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Counts handled events, and measures from the end of the warm-up. Thread-safe. */
final class Meter {

  private static final int WARM_UP_PARTS = 5;
  private static final long PATIENCE_MINUTES = 10;

  private final int events;
  private final int warmUp;
  private final Supplier<Usage> clock;
  private final AtomicInteger handled = new AtomicInteger();
  private final CompletableFuture<Usage> begin = new CompletableFuture<>();
  private final CompletableFuture<Usage> end = new CompletableFuture<>();

  /**
   * @param events the number of events; the first fifth is not measured
   */
  Meter(int events, Supplier<Usage> clock) {
    this.events = events;
    this.warmUp = events / WARM_UP_PARTS;
    this.clock = clock;
  }

  /** Counts a handled event. */
  void count() {
    int now = handled.incrementAndGet();
    if (now == warmUp) {
      begin.complete(clock.get());
    } else if (now == events) {
      end.complete(clock.get());
    }
  }

  /** Returns the number of measured events. */
  int measured() {
    return events - warmUp;
  }

  /** Waits until all events are handled, and returns the usage since the end of the warm-up. */
  Usage await() throws InterruptedException {
    try {
      Usage last = end.get(PATIENCE_MINUTES, TimeUnit.MINUTES);
      return last.since(begin.join());
    } catch (TimeoutException tooSlow) {
      throw new IllegalStateException(
          "only " + handled + " of " + events + " are handled", tooSlow);
    } catch (ExecutionException never) {
      throw new IllegalStateException("a clock cannot fail", never);
    }
  }
}
