package io.ratelimit.testkit.queue;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Whoever waits at the queue in memory hears of what it waits for. */
class InMemoryWakeUpsContractTest extends WakeUpsContract {

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @Override
  protected List<EventQueue> createQueues(RateLimit limit, Limits limits, int processes) {
    return List.of(InMemoryEventQueue.builder(limit).time(time).limits(limits).build());
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }
}
