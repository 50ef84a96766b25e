package io.ratelimit.benchmarks.soak;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.QueueStats;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Many events through one engine; one in a hundred fails once, one in a thousand permanently. */
final class EventSoak {

  private static final RateLimit LIMIT = RateLimit.of(1_000_000).perSecond().withBurst(10_000);
  private static final int BATCH = 1_000;
  private static final int WAITING = 5_000;
  private static final int LANES = 20;
  private static final int FAILS_ONCE = 100;
  private static final int FAILS_FOR_GOOD = 1_000;
  private static final long PAUSE_MILLIS = 5;

  private final Store store;
  private final int events;
  private final AtomicLong handled = new AtomicLong();
  private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();

  EventSoak(Store store, int events) {
    this.store = store;
    this.events = events;
  }

  boolean run() throws IOException, InterruptedException {
    Course course = new Course("events", store);
    QueueStats stats;
    try (EventQueue queue = store.open("soak-events", LIMIT, 1);
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(this::handle)
                .workers(LANES, LANES)
                .deadline(Duration.ofHours(1))
                .retryPolicy(new RetryPolicy(1, Duration.ofMillis(10), 1, Duration.ofMillis(10), 0))
                .build()) {
      engine.start();
      for (int part = 0; part < Course.PARTS; part++) {
        publish(queue, part * (events / Course.PARTS), (part + 1) * (events / Course.PARTS));
        awaitUnfinished(queue, 0);
        ClearReceipt unused = queue.clear(ClearScope.FAILED);
        course.endPart();
      }
      stats = queue.stats();
    }
    if (!stats.isConserved() || stats.published() != events) {
      course.violated("events are missing: " + stats);
    }
    return course.end("%,d events, %,d attempts".formatted(stats.published(), handled.get()));
  }

  private void publish(EventQueue queue, int from, int to) throws InterruptedException {
    for (int first = from; first < to; first += BATCH) {
      queue.publish(
          IntStream.range(first, Math.min(to, first + BATCH))
              .mapToObj(
                  n ->
                      AuditEvent.of(
                          "event-" + n, EventType.BALANCE_CHECK_REQUIRED, "wallet-" + n % BATCH))
              .toList());
      awaitUnfinished(queue, WAITING);
    }
  }

  private static void awaitUnfinished(EventQueue queue, int most) throws InterruptedException {
    while (queue.stats().unfinished() > most) {
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private void handle(AuditEvent event) throws IOException {
    long unused = handled.incrementAndGet();
    int number = Integer.parseInt(event.id().substring("event-".length()));
    if (number % FAILS_FOR_GOOD == 0) {
      throw new IOException("fails for good");
    }
    // Removed the second time; otherwise, this set would grow.
    if (number % FAILS_ONCE == 1 && !failedOnce.remove(event.id())) {
      boolean unusedAdded = failedOnce.add(event.id());
      throw new IOException("fails once");
    }
  }
}
