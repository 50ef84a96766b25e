package io.ratelimit.benchmarks.engine;

import io.ratelimit.core.engine.AuditEngine;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** In which way handlers wait for what they call. */
enum Handling {
  /** Each in a thread of its own. */
  THREADS(""),
  /** Without a thread: a timer completes them. */
  ASYNCHRONOUS(", async"),
  /** Each in a virtual thread. */
  VIRTUAL_THREADS(", virtual");

  private static final int FIRST_JAVA_WITH_VIRTUAL_THREADS = 21;

  private final String suffix;

  Handling(String suffix) {
    this.suffix = suffix;
  }

  /** Returns what this Java can do. */
  static List<Handling> possible() {
    boolean hasVirtual = Runtime.version().feature() >= FIRST_JAVA_WITH_VIRTUAL_THREADS;
    return Arrays.stream(values()).filter(each -> hasVirtual || each != VIRTUAL_THREADS).toList();
  }

  String of(String side) {
    return side + suffix;
  }

  /** Gives an engine a handler that waits for so long, and then counts. */
  void addTo(AuditEngine.Builder builder, int millis, Runnable handled) {
    if (this == ASYNCHRONOUS) {
      builder.asyncHandler(
          event ->
              new CompletableFuture<Void>()
                  .completeOnTimeout(null, millis, TimeUnit.MILLISECONDS)
                  .thenRun(handled));
      return;
    }
    if (this == VIRTUAL_THREADS) {
      builder.virtualThreads();
    }
    builder.handler(
        event -> {
          if (millis > 0) {
            Thread.sleep(millis);
          }
          handled.run();
        });
  }
}
