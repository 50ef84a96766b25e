package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AckedAndTaken;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.ForwardingEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One worker brings many events in one round trip, and gives back what it does not come to. */
@Timeout(120)
class TakenAheadTest {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(RateLimit.MAX_PERMITS).perSecond().withBurst(10_000);
  private static final EventType TYPE = EventType.of("TEST");
  private static final int EVENTS = 4_000;

  private static final class Counted extends ForwardingEventQueue {
    private final AtomicInteger calls = new AtomicInteger();

    Counted(EventQueue queue) {
      super(queue);
    }

    @Override
    public TakeResult take(TakeRequest request) {
      calls.incrementAndGet();
      return super.take(request);
    }

    @Override
    public AckedAndTaken ackAndTake(Collection<Lease> leases, TakeRequest request) {
      calls.incrementAndGet();
      return queue().ackAndTake(leases, request);
    }
  }

  @Test
  void aWorkerThatIsClosedOnItsWayLeavesTheRestToTheNextOne() {
    try (RedisEventQueue queue =
        TestClients.queue(NO_LIMIT).namespace(TestClients.newNamespace()).connect()) {
      List<AuditEvent> events = new ArrayList<>();
      for (int n = 0; n < EVENTS; n++) {
        events.add(AuditEvent.of("event-" + n, TYPE, "wallet"));
      }
      for (int from = 0; from < EVENTS; from += 1_000) {
        assertThat(queue.publish(events.subList(from, from + 1_000)).accepted()).isEqualTo(1_000);
      }
      ConcurrentMap<String, Integer> handled = new ConcurrentHashMap<>();
      Counted counted = new Counted(queue);
      AuditEngine.Builder builder =
          AuditEngine.builder(counted)
              .workers(1, 1)
              .deadline(Duration.ofHours(1))
              .handler(
                  event -> {
                    int times = handled.merge(event.id(), 1, Integer::sum);
                    assertThat(times).isEqualTo(1);
                  });
      try (AuditEngine first = builder.build()) {
        first.start();
        await().atMost(ONE_MINUTE).until(() -> handled.size() > EVENTS / 2);
      }
      QueueStats between = queue.stats();
      assertThat(between.leased()).as("what was held is settled or given back").isZero();
      assertThat(between.done()).isEqualTo(handled.size());
      assertThat(between.isConserved()).isTrue();

      try (AuditEngine second = builder.build()) {
        second.runRound();
      }
      assertThat(handled).hasSize(EVENTS);
      assertThat(handled.values()).containsOnly(1);
      assertThat(queue.stats().done()).isEqualTo(EVENTS);
      assertThat(counted.calls).as("round trips").hasValueLessThan(EVENTS);
    }
  }
}
