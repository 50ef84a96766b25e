package io.ratelimit.benchmarks.engine;

import io.ratelimit.benchmarks.table.Table;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.redis.RedisEventQueue;
import java.lang.management.ManagementFactory;
import java.util.List;

/** What pending events cost in the heap, after collections. */
final class Memory {

  private static final int BATCH = 1_000;
  private static final int COLLECTIONS = 5;
  // Few of them may start, so that they go on waiting while an engine looks at them.
  private static final RateLimit SLOW = RateLimit.of(1).perHour();

  private final String uri;
  private final int events;
  private final Table table =
      new Table(34, "Memory", "events", "bytes each", "with events", "heap, MB");

  private Memory(String uri, int events) {
    this.uri = uri;
    this.events = events;
  }

  /** Measures, and prints a row for each way to publish, and one for an engine over Redis. */
  static void print(String uri, boolean quick) throws InterruptedException {
    Memory memory = new Memory(uri, quick ? 50_000 : 1_000_000);
    memory.inMemory("in memory, by the thousand", BATCH);
    memory.inMemory("in memory, one by one", 1);
    memory.engineOverRedis(quick ? 2_000 : 20_000);
  }

  private void inMemory(String name, int batch) {
    long before = used();
    List<AuditEvent> made = Numbered.events("event-", 0, events);
    long own = used();
    EventQueue queue = InMemoryEventQueue.create(SLOW);
    Numbered.publish(queue, made, batch);
    long all = used();
    // Used once more, so that neither was collected before.
    if (queue.stats().pending() != made.size()) {
      throw new IllegalStateException("not all of " + made.size() + " events wait");
    }
    // What the list of them takes is neither the queue's nor an event's.
    double listed = 4.0 * events;
    table.row(
        name,
        events,
        (double) (all - own) / events,
        (all - before - listed) / events,
        (all - before - listed) / 1e6);
    queue.close();
  }

  /** The heap of an engine, and of its queue's client, beside a full queue. */
  private void engineOverRedis(int millis) throws InterruptedException {
    RedisEventQueue.Builder builder =
        RedisEventQueue.builder(SLOW)
            .uri(uri)
            .namespace("memory")
            .startUp(RedisEventQueue.StartUp.FULL);
    try (RedisEventQueue publisher = builder.connect()) {
      Numbered.publish(publisher, Numbered.events("event-", 0, events), BATCH);
    }
    long before = used();
    try (RedisEventQueue queue = builder.connect();
        AuditEngine engine =
            AuditEngine.builder(queue).handler(event -> {}).workers(1, 50).build()) {
      engine.start();
      Thread.sleep(millis);
      table.row("engine over Redis", events, "", "", (used() - before) / 1e6);
      ClearReceipt unused = queue.clear(ClearScope.ALL);
    }
  }

  /** Returns what is in use once nothing more can be collected. */
  private static long used() {
    long least = Long.MAX_VALUE;
    for (int n = 0; n < COLLECTIONS; n++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
