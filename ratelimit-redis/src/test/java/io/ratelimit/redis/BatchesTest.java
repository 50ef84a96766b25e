package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.BatchResult;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.ScalingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two engines that take batches of events from Redis at the same time. */
class BatchesTest {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);

  private final String namespace = TestClients.newNamespace();
  private final Queue<Integer> sizes = new ConcurrentLinkedQueue<>();

  private AuditEngine engine(RedisEventQueue queue) {
    return AuditEngine.builder(queue)
        .batchHandler(
            10,
            Duration.ofMillis(50),
            batch -> {
              sizes.add(batch.size());
              BatchResult result = BatchResult.allDone();
              for (var attempt : batch) {
                if (attempt.event().id().endsWith("7")) {
                  result =
                      result.withFailure(
                          attempt.event().id(), new PermanentFailureException("a seven"));
                }
              }
              return result;
            })
        .workers(1, 50)
        .scalingPolicy(ScalingPolicy.fixed(50))
        .build();
  }

  @Test
  void eachEventOfABatchIsStartedAndSettledOnce() {
    List<AuditEvent> events =
        IntStream.range(0, 300)
            .mapToObj(i -> AuditEvent.of("event-" + i, EventType.BALANCE_CHECK_REQUIRED, "w"))
            .toList();
    try (RedisEventQueue first = TestClients.queue(NO_LIMIT).namespace(namespace).connect();
        RedisEventQueue second = TestClients.queue(NO_LIMIT).namespace(namespace).connect();
        AuditEngine one = engine(first);
        AuditEngine other = engine(second)) {
      first.publish(events);
      one.start();
      other.start();

      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> first.stats().done() + first.stats().failed() == 300);
      QueueStats stats = first.stats();
      assertThat(stats.failed()).isEqualTo(30);
      assertThat(stats.starts()).as("one permit for each event").isEqualTo(300);
      assertThat(stats.isConserved()).isTrue();
      assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(300);
      assertThat(sizes).allMatch(size -> size <= 10).anyMatch(size -> size > 1);
    }
  }
}
