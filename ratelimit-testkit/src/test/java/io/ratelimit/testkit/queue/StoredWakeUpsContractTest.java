package io.ratelimit.testkit.queue;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.StoredEventQueue;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Whoever waits in another process of a store that tells the others hears of what it waits for. */
class StoredWakeUpsContractTest extends WakeUpsContract {

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @Override
  protected List<EventQueue> createQueues(RateLimit limit, Limits limits, int processes) {
    MapStore store = new MapStore(time);
    store.tell();
    List<EventQueue> queues = new ArrayList<>();
    for (int n = 0; n < processes; n++) {
      queues.add(StoredEventQueue.builder(store, limit).time(time).limits(limits).build());
    }
    return queues;
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }
}
