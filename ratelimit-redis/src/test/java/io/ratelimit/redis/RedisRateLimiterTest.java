package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.AcquireResult.Granted;
import io.ratelimit.core.queue.AcquireResult.NotBefore;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Features of the limiter in Redis beyond the contract. */
@Timeout(90)
class RedisRateLimiterTest {

  private static final RateLimit BURST = RateLimit.of(10).perMinute().withBurst(10);

  private final String namespace = TestClients.newNamespace();
  private final String acquired = "{" + namespace + "}:acquired";
  private final VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));

  private RedisEventQueue.Builder builder(RateLimit limit) {
    return TestClients.queue(limit).namespace(namespace).time(time);
  }

  @Test
  void allLimitersOfANamespaceAreOne() {
    try (RateLimiter one = RedisRateLimiter.connect(builder(BURST));
        RateLimiter other = RedisRateLimiter.connect(builder(RateLimit.of(1_000).perSecond()))) {
      assertThat(one.tryAcquire(6)).isInstanceOf(Granted.class);
      assertThat(other.tryAcquire(5)).isInstanceOf(NotBefore.class);
      assertThat(other.tryAcquire(4)).isInstanceOf(Granted.class);
      assertThat(one.tryAcquire()).isInstanceOf(NotBefore.class);
      assertThat(other.limitControl().settings().normal()).isEqualTo(BURST);
    }
  }

  /** Permits of an ended process stay spent, and a new process waits in a new namespace. */
  @Test
  void aNewNamespaceIsTakenToBeUsed() {
    try (RateLimiter limiter =
        RedisRateLimiter.connect(TestClients.server().uri(), namespace, BURST)) {
      assertThat(limiter.tryAcquire()).isInstanceOf(NotBefore.class);
    }
  }

  /** After a loss of state, the largest cost of a start must be known. */
  @Test
  void theHeaviestStartIsRememberedWithTheLimit() {
    try (RedisEventQueue queue = builder(BURST).connect()) {
      assertThat(queue.acquire(List.of(new AcquireRequest("heavy", 7)))).hasSize(1);
      String settings =
          TestClients.ask(
              TestClients.server(), redis -> redis.hget("{" + namespace + "}:meta", "settings"));
      assertThat(settings.split(" ", -1)[3]).isEqualTo("7");
    }
  }

  @Test
  void whatIsRememberedIsLittleAndIsRemoved() {
    RedisEventQueue queue =
        builder(RateLimit.of(1_000_000).perSecond().withBurst(1_000_000)).connect();
    try (RateLimiter limiter = RateLimiter.of(queue)) {
      for (int n = 0; n < 1_010; n++) {
        assertThat(limiter.tryAcquire()).isInstanceOf(Granted.class);
      }
    }
    long kept = TestClients.ask(TestClients.server(), redis -> redis.zcard(acquired));
    assertThat(kept).isEqualTo(1_000);
    queue.remove();
    long left = TestClients.ask(TestClients.server(), redis -> redis.exists(acquired));
    assertThat(left).isZero();
  }

  @Test
  void aDamagedMemoryBeginsAnew() {
    try (RedisEventQueue queue = builder(BURST).connect()) {
      List<AcquireRequest> request = List.of(new AcquireRequest("again", 1));
      List<AcquireResult> granted = queue.acquire(request);
      long deleted = TestClients.ask(TestClients.server(), redis -> redis.del(acquired));
      assertThat(deleted).isEqualTo(1);
      String ok = TestClients.ask(TestClients.server(), r -> r.set(acquired, "something else"));
      assertThat(ok).isEqualTo("OK");

      assertThat(queue.acquire(request)).isEqualTo(granted);
      assertThat(queue.stats().acquiredPermits()).as("it is another one").isEqualTo(2);
      assertThat(queue.acquire(request)).isEqualTo(granted);
      assertThat(queue.stats().acquiredPermits()).as("and remembered").isEqualTo(2);
    }
  }

  @Test
  void whoWaitsGoesOnWhenRedisIsBack() throws Exception {
    try (LocalRedis server = LocalRedis.start("appendonly yes", "appendfsync always");
        RateLimiter limiter =
            RedisRateLimiter.connect(
                RedisEventQueue.builder(RateLimit.of(2).perSecond())
                    .uri(server.uri())
                    .clientResources(TestClients.resources())
                    .commandTimeout(Duration.ofMillis(500)))) {
      limiter.limitControl().pause();
      CompletableFuture<AcquireResult> waiter = limiter.acquireAsync(1, Duration.ofDays(1));
      assertThat(limiter.tryAcquire()).isInstanceOf(AcquireResult.Paused.class);
      server.kill();
      server.startAgain();

      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(() -> limiter.limitControl().resume().pause().isEmpty());
      assertThat(waiter.get(60, TimeUnit.SECONDS)).isInstanceOf(Granted.class);
    }
  }
}
