package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.testkit.server.DevServer;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two queues whose workers share a task queue: no manager drains the wrong one. */
class QueueNameTest {

  private static final Duration SOON = Duration.ofMinutes(2);

  private final String id = "names-" + UUID.randomUUID();
  private final EventQueue orders = queue("orders");
  private final EventQueue wallets = queue("wallets");
  private final RateLimitClient client =
      RateLimitClient.connect(DevServer.shared().target(), DevServer.NAMESPACE, id);

  private static EventQueue queue(String name) {
    EventQueue queue =
        InMemoryEventQueue.builder(RateLimit.of(6_000).perMinute()).name(name).build();
    queue.publish(AuditEvent.of(name + "-1", EventType.NEW_BALANCE_UPDATE, "w"));
    return queue;
  }

  @AfterEach
  void close() {
    client.close();
    orders.close();
    wallets.close();
  }

  private RateLimitWorker work(EventQueue queue) {
    return RateLimitWorker.builder(queue)
        .handler(event -> {})
        .taskQueue(id)
        .name(queue.name().orElseThrow())
        .connect(DevServer.shared().target(), DevServer.NAMESPACE);
  }

  @Test
  void theTaskQueueIsNamedAsTheQueueIs() {
    assertThat(RateLimitWorker.defaultTaskQueue(orders)).isEqualTo("orders");
    try (EventQueue unnamed = InMemoryEventQueue.create(RateLimit.of(1).perMinute())) {
      assertThat(RateLimitWorker.defaultTaskQueue(unnamed))
          .isEqualTo(RateLimitWorker.DEFAULT_TASK_QUEUE);
    }
  }

  @Test
  void workersOfAnotherQueueRefuse() {
    RateLimitWorker worker = work(orders);
    try {
      client.start(id, ManagerOptions.continuous().withQueue("wallets"));

      await()
          .until(
              () ->
                  client.workers().stream()
                      .anyMatch(seen -> seen.queue().equals(Optional.of("orders"))));
      assertThatThrownBy(() -> client.changeLimit(id, RateLimit.of(7).perMinute()))
          .isInstanceOf(ManagerException.Refused.class)
          .hasMessageContaining("serves the queue \"orders\"")
          .hasMessageContaining("manager is for \"wallets\"");
      assertThat(client.describe(id).queue()).contains("wallets");
      assertThat(orders.limitControl().settings().normal())
          .isEqualTo(RateLimit.of(6_000).perMinute());
      assertThat(orders.stats().pending()).isEqualTo(1);
    } finally {
      worker.close();
    }
    RateLimitWorker right = work(wallets);
    try {
      await().until(() -> wallets.stats().done() == 1);
      client.stop(id);
      assertThat(client.result(id, SOON).done()).isEqualTo(1);
      assertThat(orders.stats().pending()).isEqualTo(1);
    } finally {
      right.close();
    }
  }

  @Test
  void aManagerKeepsToTheQueueThatItSawFirst() {
    RateLimitWorker first = work(orders);
    client.start(
        id,
        ManagerOptions.continuous()
            .withDecisionIntervals(Duration.ofMillis(200), Duration.ofMillis(200))
            .withDecisionsPerRun(3));
    await().until(() -> orders.stats().done() == 1);
    await().until(() -> client.status(id).runs() > 0);
    assertThat(client.status(id).queueName()).contains("orders");
    assertThat(client.describe(id).queue()).contains("orders");
    first.close();
    RateLimitWorker second = work(wallets);
    try {
      assertThatThrownBy(() -> client.pause(id))
          .isInstanceOf(ManagerException.Refused.class)
          .hasMessageContaining("serves the queue \"wallets\"");
      assertThat(wallets.stats().pending()).isEqualTo(1);
    } finally {
      client.terminate(id, "the test is over");
      second.close();
    }
  }
}
