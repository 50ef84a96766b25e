package io.ratelimit.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ScriptOutputType;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A lagging replica takes over, and soon the first master is the master again, in the same run as
 * before. Starts on the other one in the meantime count.
 */
@Timeout(120)
class FailbackTest {

  // Long compared with what happens within it, even on a busy machine.
  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final RateLimit LIMIT = RateLimit.of(20).per(WINDOW).withBurst(20);
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String namespace = TestClients.newNamespace();
  private int requests;

  private RedisEventQueue connect(String uri) {
    return TestClients.queue(LIMIT).uri(uri).namespace(namespace).connect();
  }

  private static void publish(EventQueue queue) {
    queue.publish(
        IntStream.range(0, 100)
            .mapToObj(n -> AuditEvent.of("event-" + n, EventType.of("TEST"), "wallet"))
            .toList());
  }

  private List<Lease> take(EventQueue queue, int max) {
    TakeResult result = queue.take(new TakeRequest("request-" + requests++, "worker", max, LEASE));
    return result instanceof TakeResult.Taken taken ? taken.leases() : List.of();
  }

  private static void becomeReplica(LocalRedis server, LocalRedis master) {
    TestClients.ask(server, redis -> redis.replicaof("127.0.0.1", master.port()));
    TestClients.awaitLinkToMaster(server, PATIENCE);
  }

  /** Leads connections to a server, and closes the open ones. */
  private static void lead(TcpProxy door, LocalRedis server) {
    door.leadTo(server.port());
    door.closeOpen();
  }

  private static void becomeMaster(LocalRedis server) {
    TestClients.ask(server, redis -> redis.replicaofNoOne());
  }

  @Test
  void aMasterThatWasAReplicaInBetweenMayLackStarts() {
    try (LocalRedis first = LocalRedis.start("repl-diskless-sync-delay 0");
        LocalRedis second = LocalRedis.start("repl-diskless-sync-delay 0")) {
      becomeReplica(second, first);
      try (RedisEventQueue queue = connect(first.uri())) {
        publish(queue);
        assertThat(take(queue, 10)).hasSize(10);
        assertThat(TestClients.<Long>ask(first, r -> r.waitForReplication(1, 30_000))).isEqualTo(1);
      }
      becomeMaster(second);
      becomeReplica(first, second);
      // It loses the new master and becomes the master again.
      becomeMaster(first);

      // The client that took from the other one is gone.
      try (RedisEventQueue queue = connect(first.uri())) {
        assertThat(take(queue, 20)).isEmpty();
        assertThat(queue.stats().startsInWindow()).isEqualTo(10);
        assertThat(queue.stats().assumedStarts()).isPresent();
      }
    }
  }

  @Test
  void whatWasStartedElsewhereIsKnownToWhoeverComesFromThere() throws IOException {
    try (LocalRedis first = LocalRedis.start();
        LocalRedis second = LocalRedis.start();
        TcpProxy door = new TcpProxy(first.port())) {
      becomeReplica(second, first);
      try (RedisEventQueue queue = connect(door.uri());
          RedisEventQueue other = connect(door.uri())) {
        publish(queue);
        assertThat(take(queue, 1)).hasSize(1);
        assertThat(TestClients.<Long>ask(first, r -> r.waitForReplication(1, 30_000))).isEqualTo(1);
        // The replica never gets these nine.
        becomeMaster(second);
        assertThat(take(queue, 9)).hasSize(9);

        lead(door, second);
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(() -> other.stats().assumedStarts().isPresent());
        assertThat(take(other, 20)).as("as many as there may have been").isEmpty();

        // The first one does not know what the second one did; its data and run are the old ones.
        lead(door, first);
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(() -> other.stats().assumedStarts().isPresent());
        await().atMost(PATIENCE).ignoreExceptions().until(() -> queue.stats().pending() > 0);
        assertThat(take(queue, 20)).isEmpty();
        assertThat(take(other, 20)).isEmpty();
      }
    }
  }

  @Test
  void whoComesFromAnotherServerMayKnowLess() {
    try (RedisEventQueue queue = connect(TestClients.server().uri())) {
      String settings = field("settings");
      String[] line = field("timeline").split(" ", -1);
      long created = Long.parseLong(field("created"));

      tell(line[0], created, created + 1, settings);
      assertThat(queue.stats().assumedStarts()).as("what is assumed already covers it").isEmpty();

      tell(line[0], created + 1, created + 1, settings);
      assertThat(queue.stats().assumedStarts()).isPresent();
    }
  }

  private String field(String name) {
    return TestClients.ask(
        TestClients.server(), redis -> redis.hget("{" + namespace + "}:meta", name));
  }

  /** Makes the call of a client whose last reply came from another server, at a time. */
  private void tell(String epoch, long heard, long expected, String settings) {
    String clock = "- " + epoch + " another " + heard + " " + expected + " 9999999999 0";
    List<Object> unused =
        TestClients.ask(
            TestClients.server(),
            redis ->
                redis.eval(
                    new String(Script.SETTINGS.text(), UTF_8),
                    ScriptOutputType.MULTI,
                    new String[] {
                      "{" + namespace + "}:meta",
                      "{" + namespace + "}:meta",
                      "{" + namespace + "}:starts",
                      "{" + namespace + "}:limits"
                    },
                    clock,
                    "",
                    settings,
                    "wait"));
  }
}
