package io.ratelimit.temporal.internal.client;

import io.grpc.Context;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Bounds the wait for a workflow's answer; the SDK alone would wait forever for an update. */
public final class Answers {

  private static final ScheduledExecutorService DEADLINES = deadlines();

  private static ScheduledExecutorService deadlines() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "ratelimit-client-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    // Leaves no idle thread behind.
    executor.setKeepAliveTime(1, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** Asks a question; fails with gRPC's {@code DEADLINE_EXCEEDED} if no answer arrives in time. */
  public static <T> T within(Duration timeout, Supplier<T> question) {
    try (Context.CancellableContext context =
        Context.current().withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS, DEADLINES)) {
      Context before = context.attach();
      try {
        return question.get();
      } finally {
        context.detach(before);
      }
    }
  }

  private Answers() {}
}
