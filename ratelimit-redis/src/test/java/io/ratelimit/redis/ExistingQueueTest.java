package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.testkit.server.LocalRedis;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Queues that are opened only if they exist. */
class ExistingQueueTest {

  private static final RateLimit LIMIT = RateLimit.of(7).perMinute();
  private static final RateLimit OTHER = RateLimit.of(600).perMinute();

  private final LocalRedis server = LocalRedis.start();

  @AfterEach
  void stop() {
    server.close();
  }

  private RedisEventQueue.Builder queue(String name) {
    return TestClients.queue(server, LIMIT).namespace(name);
  }

  private RedisEventQueue.Builder viewer(String name) {
    return TestClients.queue(server, OTHER).namespace(name);
  }

  private long keys() {
    return TestClients.ask(server, redis -> redis.dbsize());
  }

  @Test
  void whatIsNotThereIsNotCreated() {
    assertThatThrownBy(() -> viewer("typo").connectExisting())
        .isInstanceOfSatisfying(
            NoSuchQueueException.class,
            none -> {
              assertThat(none.queue()).isEqualTo("typo");
              assertThat(none.similar()).isEmpty();
            })
        .hasMessage("there is no queue \"typo\"; nothing was changed");
    assertThat(keys()).isZero();
  }

  @Test
  void similarNamesAreTold() {
    for (String name : List.of("audits", "orders", "audits-eu", "x")) {
      queue(name).connect().close();
    }

    assertThatThrownBy(() -> viewer("audit").connectExisting())
        .isInstanceOfSatisfying(
            NoSuchQueueException.class,
            none -> assertThat(none.similar()).startsWith("audits").hasSize(3))
        .hasMessageStartingWith("there is no queue \"audit\"; did you mean \"audits\" or ");
  }

  @Test
  void whatIsThereIsSeenAsItIs() {
    try (RedisEventQueue queue = queue("audits").connect();
        RedisEventQueue seen = viewer("audits").connectExisting()) {
      queue.publish(AuditEvent.of("e", EventType.NEW_BALANCE_UPDATE, "w"));

      assertThat(seen.stats().pending()).isEqualTo(1);
      assertThat(seen.stats().limitInForce()).isEqualTo(LIMIT);
      assertThat(seen.peek(EventType.NEW_BALANCE_UPDATE.priority(), 0, 1)).hasSize(1);
      seen.limitControl().changeLimit(OTHER);
      assertThat(queue.stats().limitInForce()).isEqualTo(OTHER);
    }
  }

  @Test
  void whatIsLostMeanwhileIsNotCreatedAgain() {
    try (RedisEventQueue queue = queue("audits").connect();
        RedisEventQueue seen = viewer("audits").connectExisting()) {
      assertThat(seen.stats().pending()).isZero();
      TestClients.ask(server, redis -> redis.flushall());

      List<Consumer<RedisEventQueue>> calls =
          List.of(
              RedisEventQueue::stats,
              each -> each.limitControl().pause(),
              each -> each.publish(AuditEvent.of("e", EventType.NEW_BALANCE_UPDATE, "w")));
      for (Consumer<RedisEventQueue> call : calls) {
        assertThatThrownBy(() -> call.accept(seen)).isInstanceOf(NoSuchQueueException.class);
      }
      assertThat(keys()).isZero();

      assertThat(queue.stats().limitInForce()).isEqualTo(LIMIT);
      assertThat(seen.stats().limitInForce()).isEqualTo(LIMIT);
    }
  }

  @Test
  void theLimitOfWhoOnlyLooksIsNoPartOfThePast() {
    try (RedisEventQueue queue = queue("audits").connect()) {
      assertThat(queue.stats().nextStart()).isEmpty();
    }
    // As after a restart without the last starts.
    TestClients.ask(server, redis -> redis.hset("{audits}:meta", "server", "another"));

    try (RedisEventQueue seen = viewer("audits").connectExisting()) {
      assertThat(seen.stats().assumedStarts().orElseThrow().inWindow()).isLessThanOrEqualTo(7);
    }
  }

  @Test
  void queuesAreFoundAmongOtherKeys() {
    assertThat(viewer("any").findQueues(10)).isEqualTo(new FoundQueues(List.of(), true));
    for (String name : List.of("b", "a:1", "c")) {
      queue(name).connect().close();
    }
    TestClients.ask(server, redis -> redis.set("{d}:metal", "1"));
    TestClients.ask(server, redis -> redis.set("{d e}:meta", "1"));

    assertThat(viewer("any").findQueues(10))
        .isEqualTo(new FoundQueues(List.of("a:1", "b", "c"), true));
    assertThat(viewer("any").findQueues(2).names()).hasSize(2);
    assertThat(viewer("any").findQueues(2).complete()).isFalse();
    assertThatThrownBy(() -> viewer("any").findQueues(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whoMayNotLookForOthersIsStillTold() {
    try (LocalRedis guarded = LocalRedis.start("rename-command SCAN \"\"")) {
      RedisEventQueue.Builder viewer = TestClients.queue(guarded, OTHER).namespace("audit");

      assertThatThrownBy(viewer::connectExisting).isInstanceOf(NoSuchQueueException.class);
      assertThatThrownBy(() -> viewer.findQueues(1))
          .isInstanceOf(QueueException.class)
          .hasMessageContaining("queues cannot be looked for");
    }
  }

  @Test
  void onAClusterAllNodesAreLookedAt() {
    try (RedisCluster cluster = RedisCluster.start()) {
      List<String> names = List.of("a", "b", "c", "d", "e", "f");
      for (String name : names) {
        TestClients.queue(LIMIT).cluster(cluster.seeds()).namespace(name).connect().close();
      }
      RedisEventQueue.Builder viewer =
          TestClients.queue(OTHER).cluster(List.of(cluster.seed())).namespace("aa");

      assertThat(viewer.findQueues(10)).isEqualTo(new FoundQueues(names, true));
      assertThatThrownBy(viewer::connectExisting)
          .isInstanceOfSatisfying(
              NoSuchQueueException.class, none -> assertThat(none.similar()).startsWith("a"));
    }
  }
}
