package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.redis.RedisEventQueue.StartUp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that wait in lists since their publication, and leave them from any position. */
class FreshEventsTest {

  private static final RateLimit FAST = RateLimit.of(1_000_000).perSecond().withBurst(1_000_000);
  private static final Duration LEASE = Duration.ofHours(1);
  private static final List<Priority> PRIORITIES = List.of(Priority.values());
  private static final int EVENTS = 200;
  private static final int STEPS = 150;

  private int drains;

  private static AuditEvent event(int number, Random random) {
    Priority priority = PRIORITIES.get(random.nextInt(3));
    return AuditEvent.of("event-" + number, EventType.of("T").withPriority(priority), "wallet");
  }

  /** Returns the ids and sequences of all pending events, page by page. */
  private static List<String> waiting(EventQueue queue) {
    List<String> all = new ArrayList<>();
    for (Priority priority : Priority.values()) {
      long after = 0;
      List<QueuedEvent> page = queue.peek(priority, after, 7);
      while (!page.isEmpty()) {
        page.forEach(e -> all.add(priority + " " + e.sequence() + " " + e.event().id()));
        after = page.get(page.size() - 1).sequence();
        page = queue.peek(priority, after, 7);
      }
    }
    return all;
  }

  private static List<Lease> take(EventQueue queue, String request, int max) {
    TakeResult result = queue.take(new TakeRequest(request, "worker", max, LEASE));
    return result instanceof TakeResult.Taken taken ? taken.leases() : List.of();
  }

  private List<String> drained(EventQueue queue) {
    List<String> ids = new ArrayList<>();
    while (queue.stats().pending() > 0) {
      assertThat(++drains).as("takes").isLessThan(EVENTS);
      take(queue, "drain-" + drains, 30).forEach(lease -> ids.add(lease.event().id()));
    }
    return ids;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void leaveInTheOrderInWhichAQueueInMemoryHandsThemOut(long seed) {
    Random random = new Random(seed);
    VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
    try (InMemoryEventQueue expected = InMemoryEventQueue.builder(FAST).time(time).build();
        RedisEventQueue queue =
            TestClients.queue(FAST).time(time).startUp(StartUp.FULL).connect()) {
      List<AuditEvent> events = new ArrayList<>();
      for (int n = 0; n < EVENTS; n++) {
        events.add(event(n, random));
      }
      assertThat(queue.publish(events)).isEqualTo(expected.publish(events));
      for (int step = 0; step < STEPS; step++) {
        String id = "event-" + random.nextInt(EVENTS);
        switch (random.nextInt(6)) {
          case 0, 1, 2 -> assertThat(queue.cancel(id)).isEqualTo(expected.cancel(id));
          case 3 -> {
            Priority priority = PRIORITIES.get(random.nextInt(3));
            assertThat(queue.reprioritize(id, priority))
                .isEqualTo(expected.reprioritize(id, priority));
          }
          case 4 -> {
            List<AuditEvent> again = List.of(event(random.nextInt(EVENTS), random));
            assertThat(queue.publish(again)).isEqualTo(expected.publish(again));
          }
          default -> {
            int max = 1 + random.nextInt(3);
            List<Lease> leases = take(queue, "step-" + step, max);
            List<Lease> others = take(expected, "step-" + step, max);
            assertThat(leases).extracting(l -> l.event().id()).isEqualTo(ids(others));
            if (!leases.isEmpty() && random.nextBoolean()) {
              assertThat(queue.release(leases.get(0))).isEqualTo(expected.release(others.get(0)));
            }
          }
        }
        assertThat(queue.stats().pending()).isEqualTo(expected.stats().pending());
        assertThat(queue.stats().isConserved()).isTrue();
      }
      assertThat(waiting(queue)).isEqualTo(waiting(expected));
      assertThat(drained(queue)).isEqualTo(drained(expected));
    }
  }

  private static List<String> ids(List<Lease> leases) {
    return leases.stream().map(lease -> lease.event().id()).toList();
  }

  /**
   * Cancelled events leave nothing behind, in whatever order, and the events after them are found.
   */
  @Test
  void whoWithdrawsNearlyAllLeavesNothingBehind() {
    for (boolean backwards : new boolean[] {false, true}) {
      try (RedisEventQueue queue = TestClients.queue(FAST).startUp(StartUp.FULL).connect()) {
        List<AuditEvent> events = new ArrayList<>();
        for (int n = 0; n < EVENTS; n++) {
          events.add(AuditEvent.of("event-" + n, EventType.of("T"), "wallet"));
        }
        queue.publish(events);
        List<AuditEvent> order = new ArrayList<>(events.subList(1, EVENTS - 1));
        if (backwards) {
          Collections.reverse(order);
        }
        for (AuditEvent event : order) {
          assertThat(queue.cancel(event.id())).isEqualTo(Amendment.MADE);
        }
        assertThat(queue.stats().pending()).isEqualTo(2);
        assertThat(waiting(queue)).hasSize(2);

        assertThat(drained(queue)).containsExactly("event-0", "event-" + (EVENTS - 1));
        assertThat(queue.stats().isConserved()).isTrue();
        queue.publish(AuditEvent.of("later", EventType.of("T"), "wallet"));
        assertThat(queue.stats().pending()).isEqualTo(1);
        assertThat(drained(queue)).containsExactly("later");
      }
    }
  }
}
