package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.queue.WakeUpsContract;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;

/** Whoever waits in another process hears over Redis of what it waits for. */
class RedisWakeUpsContractTest extends WakeUpsContract {

  private static final RedisClient CLIENT = TestClients.client(TestClients.server());

  private static final String LAST = TestClients.newNamespace();

  private final StatefulRedisConnection<String, String> redis = CLIENT.connect();
  private @Nullable EventQueue last;
  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  @Override
  protected List<EventQueue> createQueues(RateLimit limit, Limits limits, int processes) {
    String namespace = TestClients.newNamespace();
    List<EventQueue> queues = new ArrayList<>();
    for (int n = 0; n < processes; n++) {
      queues.add(connect(namespace, limit, limits));
    }
    return queues;
  }

  private EventQueue connect(String namespace, RateLimit limit, Limits limits) {
    EventQueue queue =
        TestClients.queue(limit)
            .client(CLIENT)
            .namespace(namespace)
            .time(time)
            .limits(limits)
            .connect();
    awaitHearing(queue, "{" + namespace + "}:waiting");
    return queue;
  }

  /** Queues of one client hear over one connection, which tells in order. */
  @Override
  protected void awaitTold() throws InterruptedException {
    CountDownLatch heard = new CountDownLatch(1);
    try (Subscription unused = last().onChange(heard::countDown)) {
      long unusedHearers = redis.sync().publish("{" + LAST + "}:changes", "test");
      assertThat(heard.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Returns the queue that hears of nothing else. */
  private EventQueue last() {
    if (last == null) {
      last = connect(LAST, RateLimit.of(1).perMinute(), Limits.none());
    }
    return last;
  }

  @AfterEach
  void close() {
    if (last != null) {
      last.close();
    }
    redis.close();
  }

  /** Waits until it is among those that are woken: then all that it subscribed to is confirmed. */
  private void awaitHearing(EventQueue queue, String waiting) {
    try (Subscription unused = queue.onChange(() -> {})) {
      TakeRequest request = TakeRequest.one("hears", "worker", Duration.ofSeconds(1));
      await()
          .until(
              () ->
                  queue.take(request) instanceof TakeResult.Empty
                      && redis.sync().zcard(waiting) == 1);
      long unusedRemoved = redis.sync().del(waiting);
    }
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }
}
