package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.testkit.server.LocalRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An idle engine costs little, and starts at once when there is work. */
@Timeout(60)
@SuppressWarnings("try") // Resources that only have to be closed.
class IdleTest {

  private static final Logger log = LoggerFactory.getLogger(IdleTest.class);

  private static final RateLimit LIMIT = RateLimit.of(10_000).perSecond().withBurst(100);
  private static final Duration OBSERVED = Duration.ofSeconds(10);
  private static final int EVENTS = 500;

  private final String namespace = TestClients.newNamespace();

  @Test
  void anIdleProcessSendsLessThanOneCommandASecond() {
    try (LocalRedis server = LocalRedis.start();
        RedisEventQueue queue = TestClients.queue(server, LIMIT).namespace(namespace).connect();
        AuditEngine engine = AuditEngine.builder(queue).handler(event -> {}).build()) {
      engine.start();
      await().until(() -> scriptsRun(server) > 2);
      long before = scriptsRun(server);
      await().pollDelay(OBSERVED).atMost(OBSERVED.multipliedBy(2)).until(() -> true);
      long sent = scriptsRun(server) - before;
      log.info("an idle process sent {} commands in {}", sent, OBSERVED);

      assertThat(sent).isLessThan(OBSERVED.toSeconds());
    }
  }

  @Test
  void aSingleEventWakesOneOfThoseThatWait() throws InterruptedException {
    int processes = 12;
    BlockingQueue<String> handled = new ArrayBlockingQueue<>(EVENTS);
    try (LocalRedis server = LocalRedis.start();
        RedisEventQueue publisher =
            TestClients.queue(server, LIMIT).namespace(namespace).connect();
        Opened opened = new Opened()) {
      for (int n = 0; n < processes; n++) {
        RedisEventQueue queue = TestClients.queue(server, LIMIT).namespace(namespace).connect();
        opened.closing.push(queue::close);
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(
                    event -> {
                      handled.add(event.id());
                    })
                .build();
        opened.closing.push(engine::close);
        engine.start();
      }
      await().until(() -> waiting(server) == processes);
      long before = scriptsRun(server);
      int events = 20;
      for (int n = 0; n < events; n++) {
        publisher.publish(AuditEvent.of("event-" + n, EventType.OPEN_ORDER_DETECTED, "wallet"));
        assertThat(handled.poll(20, TimeUnit.SECONDS)).isEqualTo("event-" + n);
      }
      long each = (scriptsRun(server) - before) / events;
      log.info("{} events one by one took {} scripts each", events, each);

      assertThat(each).as("a take by everybody for each").isLessThan(processes);
    }
  }

  /** Resources to close, the last one first. */
  private static final class Opened implements AutoCloseable {
    private final Deque<Runnable> closing = new ArrayDeque<>();

    @Override
    public void close() {
      closing.forEach(Runnable::run);
    }
  }

  private long waiting(LocalRedis server) {
    return TestClients.ask(
        server,
        (RedisCommands<String, String> redis) -> redis.zcard("{" + namespace + "}:waiting"));
  }

  @Test
  void whoIsWokenAndTakesNoMoreWakesTheOthers() throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    try (LocalRedis server = LocalRedis.start();
        RedisEventQueue publisher =
            TestClients.queue(server, LIMIT).namespace(namespace).connect();
        RedisEventQueue other = TestClients.queue(server, LIMIT).namespace(namespace).connect();
        RedisEventQueue gone = TestClients.queue(server, LIMIT).namespace(namespace).connect()) {
      Subscription listening = gone.onChange(() -> {});
      TakeRequest request = TakeRequest.one("request", "worker", Duration.ofSeconds(10));
      await().until(() -> gone.take(request) instanceof TakeResult.Empty && waiting(server) == 1);
      listening.close();
      Subscription others = other.onChange(told::countDown);

      publisher.publish(AuditEvent.of("event", EventType.OPEN_ORDER_DETECTED, "wallet"));

      assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
      others.close();
    }
  }

  /** Waits as an engine does, and tells of each wake. */
  private Semaphore wait(
      LocalRedis server, RedisEventQueue queue, WantedTypes types, int waiting, Opened opened) {
    Semaphore wakes = new Semaphore(0);
    opened.closing.push(queue.onChange(wakes::release)::close);
    TakeRequest request =
        new TakeRequest("waits-" + waiting, "worker", 1, Duration.ofSeconds(10), types);
    await()
        .until(() -> queue.take(request) instanceof TakeResult.Empty && waiting(server) == waiting);
    // Since it began to listen it has been told that its subscription is confirmed.
    wakes.drainPermits();
    return wakes;
  }

  @Test
  void whoWaitsForOtherTypesIsNotWokenInstead() throws InterruptedException {
    WantedTypes orders = WantedTypes.named(Set.of(EventType.OPEN_ORDER_DETECTED.name()));
    WantedTypes balances = WantedTypes.named(Set.of(EventType.NEW_BALANCE_UPDATE.name()));
    try (LocalRedis server = LocalRedis.start();
        RedisEventQueue publisher =
            TestClients.queue(server, LIMIT).namespace(namespace).connect();
        RedisEventQueue wants = TestClients.queue(server, LIMIT).namespace(namespace).connect();
        RedisEventQueue other = TestClients.queue(server, LIMIT).namespace(namespace).connect();
        Opened opened = new Opened()) {
      Semaphore wakes = wait(server, wants, orders, 1, opened);
      Semaphore others = wait(server, other, balances, 2, opened);

      publisher.publish(AuditEvent.of("event", EventType.OPEN_ORDER_DETECTED, "wallet"));
      assertThat(wakes.tryAcquire(60, TimeUnit.SECONDS)).as("who wants it").isTrue();
      assertThat(waiting(server)).as("those who wait for something else").isEqualTo(1);

      publisher.publish(AuditEvent.of("event-2", EventType.NEW_BALANCE_UPDATE, "wallet"));
      assertThat(others.tryAcquire(60, TimeUnit.SECONDS)).as("the others, in their turn").isTrue();
    }
  }

  @Test
  void theEndOfAnAttemptWakesAllWhoWaitForIt() throws InterruptedException {
    Limits limits =
        Limits.builder()
            .maxInFlight("one", event -> event.attributes().get("one"), 1)
            .maxInFlight("two", event -> event.attributes().get("two"), 1)
            .build();
    AuditEvent event = AuditEvent.of("both", EventType.OPEN_ORDER_DETECTED, "wallet");
    AuditEvent one = AuditEvent.of("one", event.type(), "wallet").withAttribute("one", "key");
    AuditEvent two = AuditEvent.of("two", event.type(), "wallet").withAttribute("two", "key");
    try (LocalRedis server = LocalRedis.start();
        RedisEventQueue holder = connect(server, limits);
        RedisEventQueue first = connect(server, limits);
        RedisEventQueue second = connect(server, limits);
        Opened opened = new Opened()) {
      holder.publish(event.withAttribute("one", "key").withAttribute("two", "key"));
      TakeRequest request = TakeRequest.one("request", "worker", Duration.ofMinutes(10));
      TakeResult taken = holder.take(request);
      holder.publish(List.of(one, two));
      Semaphore wakes = wait(server, first, WantedTypes.all(), 1, opened);
      Semaphore others = wait(server, second, WantedTypes.all(), 2, opened);

      Lease lease = ((TakeResult.Taken) taken).leases().get(0);
      assertThat(holder.retry(lease, Duration.ofHours(1), "test")).isEqualTo(Settlement.SETTLED);

      assertThat(wakes.tryAcquire(60, TimeUnit.SECONDS)).as("the one").isTrue();
      assertThat(others.tryAcquire(60, TimeUnit.SECONDS)).as("the other").isTrue();
    }
  }

  private RedisEventQueue connect(LocalRedis server, Limits limits) {
    return TestClients.queue(server, LIMIT).namespace(namespace).limits(limits).connect();
  }

  @Test
  void whoWaitsWithManyAsksLessOften() {
    try (LocalRedis server = LocalRedis.start();
        RedisEventQueue queue = TestClients.queue(server, LIMIT).namespace(namespace).connect();
        Subscription unused = queue.onChange(() -> {})) {
      TakeRequest request = TakeRequest.one("request", "worker", Duration.ofSeconds(10));
      await().until(() -> queue.take(request) instanceof TakeResult.Empty && waiting(server) == 1);
      assertThat(queue.pollInterval()).isEqualTo(Duration.ofSeconds(2));

      long unusedAdded =
          TestClients.ask(
              server,
              (RedisCommands<String, String> redis) -> {
                long added = 0;
                for (int n = 0; n < 200; n++) {
                  added += redis.zadd("{" + namespace + "}:waiting", 1e17, "client-" + n);
                }
                return added;
              });
      assertThat(queue.take(request)).isInstanceOf(TakeResult.Empty.class);

      Duration ten =
          Stream.generate(queue::pollInterval).limit(10).reduce(Duration.ZERO, Duration::plus);
      assertThat(ten).isGreaterThan(Duration.ofSeconds(20));
    }
  }

  private static long scriptsRun(LocalRedis server) {
    Matcher calls =
        Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)")
            .matcher(
                TestClients.ask(
                    server, (RedisCommands<String, String> redis) -> redis.info("commandstats")));
    long sum = 0;
    while (calls.find()) {
      sum += Long.parseLong(calls.group(1));
    }
    return sum;
  }

  @Test
  void whatIsPublishedInAnotherProcessIsStartedAtOnce() throws InterruptedException {
    BlockingQueue<Instant> started = new ArrayBlockingQueue<>(1);
    try (RedisEventQueue publisher = TestClients.queue(LIMIT).namespace(namespace).connect();
        RedisEventQueue queue = TestClients.queue(LIMIT).namespace(namespace).connect();
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(
                    event -> {
                      started.add(queue.time().now());
                    })
                .build()) {
      engine.start();
      List<Duration> latencies = new ArrayList<>();
      for (int n = 0; n < EVENTS; n++) {
        // Idle again, so that the next event must wake it.
        await().pollInterval(Duration.ofMillis(1)).until(() -> publisher.stats().unfinished() == 0);
        Instant published = publisher.time().now();
        AuditEvent event = AuditEvent.of("event-" + n, EventType.of("TEST"), "wallet");
        assertThat(publisher.publish(event).accepted()).isEqualTo(1);
        Instant start = started.poll(10, TimeUnit.SECONDS);
        assertThat(start).isNotNull();
        latencies.add(Duration.between(published, start));
      }
      latencies.sort(null);
      log.info(
          "from publish to the handler: p50 {}, p99 {}, longest {}",
          latencies.get(EVENTS / 2),
          latencies.get(EVENTS * 99 / 100),
          latencies.get(EVENTS - 1));

      // Polls are rarer, so it was woken.
      assertThat(latencies.get(EVENTS / 2)).isLessThan(Duration.ofMillis(500));
    }
  }
}
