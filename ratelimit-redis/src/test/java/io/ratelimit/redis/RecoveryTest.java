package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineHealth;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine continues by itself once a problem is gone, and reports it in the meantime. */
@Timeout(180)
@SuppressWarnings("try") // Resources that only have to be closed.
class RecoveryTest {

  private static final RateLimit LIMIT = RateLimit.of(10_000).perSecond().withBurst(1_000);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final String namespace = TestClients.newNamespace();
  private final AtomicInteger handled = new AtomicInteger();
  private int published;

  private RedisEventQueue.Builder queue() {
    return RedisEventQueue.builder(LIMIT)
        .clientResources(TestClients.resources())
        .namespace(namespace)
        .commandTimeout(Duration.ofMillis(500))
        .startUp(RedisEventQueue.StartUp.FULL);
  }

  private AuditEngine engine(RedisEventQueue queue) {
    return AuditEngine.builder(queue)
        .handler(
            event -> {
              handled.incrementAndGet();
            })
        .lease(Duration.ofSeconds(2))
        .shutdownGrace(Duration.ZERO)
        .build();
  }

  private void publishTo(LocalRedis server, String... credentials) {
    RedisURI uri = RedisURI.create(server.uri());
    if (credentials.length > 0) {
      uri.setCredentialsProvider(
          RedisCredentialsProvider.from(
              () -> RedisCredentials.just(credentials[0], credentials[1])));
    }
    try (RedisEventQueue direct = queue().uri(uri).connect()) {
      List<AuditEvent> events =
          IntStream.range(0, 20)
              .mapToObj(n -> AuditEvent.of("event-" + published + n, EventType.of("T"), "wallet"))
              .toList();
      assertThat(direct.publish(events).accepted()).isEqualTo(20);
      published += 20;
    }
  }

  private void awaitAllHandled() {
    await().atMost(PATIENCE).until(() -> handled.get() >= published);
  }

  private static void awaitTroubled(AuditEngine engine, String said) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              EngineHealth health = engine.health();
              assertThat(health.status()).isNotEqualTo(EngineHealth.Status.UP);
              assertThat(health.reasons().toString()).contains(said).contains("in a row since 20");
            });
  }

  private static void awaitUp(AuditEngine engine) {
    await().atMost(PATIENCE).until(() -> engine.health().status() == EngineHealth.Status.UP);
  }

  @Test
  void connectionsThatFallSilentAreReplaced() throws IOException {
    try (LocalRedis server = LocalRedis.start();
        TcpProxy proxy = new TcpProxy(server.port());
        RedisEventQueue queue = queue().uri(proxy.uri()).connect();
        AuditEngine engine = engine(queue)) {
      engine.start();
      publishTo(server);
      awaitAllHandled();
      int before = proxy.accepted();
      proxy.silenceOpen();
      publishTo(server);

      awaitAllHandled();
      assertThat(proxy.accepted()).as("both connections").isGreaterThanOrEqualTo(before + 2);
      awaitUp(engine);
      AtomicInteger heard = new AtomicInteger();
      assertThat(queue.onChange(heard::incrementAndGet)).isNotNull();
      publishTo(server);
      await().until(() -> heard.get() > 0);
    }
  }

  /** The check of the subscription alone would take 10 seconds, which is 50 calls. */
  @Test
  void aFewCallsWithoutAnAnswerAreEnough() throws IOException {
    try (LocalRedis server = LocalRedis.start();
        TcpProxy proxy = new TcpProxy(server.port());
        RedisEventQueue queue =
            queue().uri(proxy.uri()).commandTimeout(Duration.ofMillis(200)).connect()) {
      proxy.silenceOpen();
      int unanswered = 0;
      while (!answers(queue)) {
        unanswered++;
      }

      assertThat(unanswered).isBetween(3, 40);
    }
  }

  private static boolean answers(RedisEventQueue queue) {
    try {
      return queue.stats().published() == 0;
    } catch (QueueUnavailableException silent) {
      return false;
    }
  }

  @Test
  void theConnectionsOfAHostsClientAreReplacedToo() throws IOException {
    try (LocalRedis server = LocalRedis.start();
        TcpProxy proxy = new TcpProxy(server.port())) {
      RedisURI uri = RedisURI.create(proxy.uri());
      uri.setTimeout(Duration.ofSeconds(5));
      RedisClient client = RedisClient.create(TestClients.resources(), uri);
      // Lettuce does not reconnect by itself.
      ClientOptions options =
          ClientOptions.builder()
              .autoReconnect(false)
              .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
              .build();
      client.setOptions(options);
      try (RedisEventQueue queue = queue().client(client).connect();
          AuditEngine engine = engine(queue)) {
        engine.start();
        proxy.silenceOpen();
        publishTo(server);
        awaitAllHandled();

        TestClients.ask(server, r -> r.clientKill(KillArgs.Builder.typeNormal().skipme()));
        publishTo(server);
        awaitAllHandled();
        assertThat(client.getOptions()).isEqualTo(options);
      } finally {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
      }
    }
  }

  @Test
  void whileNothingAnswersHealthSaysSoAndThenItGoesOn() throws IOException {
    try (LocalRedis server = LocalRedis.start();
        TcpProxy proxy = new TcpProxy(server.port());
        RedisEventQueue queue = queue().uri(proxy.uri()).connect();
        AuditEngine engine = engine(queue)) {
      engine.start();
      proxy.silenceAll();
      awaitTroubled(engine, "did not answer");
      publishTo(server);
      proxy.speak();

      awaitAllHandled();
      awaitUp(engine);
    }
  }

  @Test
  void aNameThatLeadsToAnotherMasterIsFollowed() throws IOException {
    try (LocalRedis one = LocalRedis.start("repl-diskless-sync-delay 0");
        LocalRedis other = LocalRedis.start("repl-diskless-sync-delay 0");
        TcpProxy name = new TcpProxy(one.port());
        RedisEventQueue queue = queue().uri(name.uri()).connect();
        AuditEngine engine = engine(queue)) {
      TestClients.ask(other, r -> r.replicaof("127.0.0.1", one.port()));
      TestClients.awaitLinkToMaster(other, PATIENCE);
      engine.start();
      publishTo(one);
      awaitAllHandled();

      // The connections stay with the server that becomes a replica.
      TestClients.ask(other, RedisCommands::replicaofNoOne);
      TestClients.ask(one, r -> r.replicaof("127.0.0.1", other.port()));
      awaitTroubled(engine, "READONLY");
      publishTo(other);
      name.leadTo(other.port());

      awaitAllHandled();
      awaitUp(engine);
    }
  }

  @Test
  void anotherPasswordIsTakenFromTheProvider() {
    AtomicReference<String> password = new AtomicReference<>("one");
    try (LocalRedis server = LocalRedis.start("user worker on >one ~* &* +@all")) {
      RedisURI uri = RedisURI.create(server.uri());
      uri.setCredentialsProvider(
          RedisCredentialsProvider.from(() -> RedisCredentials.just("worker", password.get())));
      try (RedisEventQueue queue = queue().uri(uri).connect();
          AuditEngine engine = engine(queue)) {
        engine.start();
        acl(server, "SETUSER", "worker", "resetpass", ">two");
        TestClients.ask(server, r -> r.clientKill(KillArgs.Builder.user("worker")));
        awaitTroubled(engine, "WRONGPASS");
        publishTo(server);
        password.set("two");

        awaitAllHandled();
        awaitUp(engine);
      }
    }
  }

  @Test
  void aPermissionThatIsTakenAwayAndGivenBackIsUsedAgain() {
    try (LocalRedis server = LocalRedis.start("user worker on >one ~* &* +@all")) {
      RedisURI uri = RedisURI.create("redis://worker:one@127.0.0.1:" + server.port());
      try (RedisEventQueue queue = queue().uri(uri).connect();
          AuditEngine engine = engine(queue)) {
        engine.start();
        acl(server, "SETUSER", "worker", "-eval", "-evalsha");
        awaitTroubled(engine, "NOPERM");
        assertThatThrownBy(queue::stats)
            .isInstanceOf(QueueUnavailableException.class)
            .hasMessageContaining("nothing was changed")
            .hasMessageContaining("Permissions");
        publishTo(server);
        acl(server, "SETUSER", "worker", "+eval", "+evalsha");

        awaitAllHandled();
        awaitUp(engine);
      }
    }
  }

  private static void acl(LocalRedis server, String... rules) {
    TestClients.ask(
        server,
        redis -> {
          CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
          List.of(rules).forEach(arguments::add);
          return redis.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments);
        });
  }

  @Test
  void aServerThatPausesIsBusyOrIsLoadingIsWaitedFor() {
    try (LocalRedis server = LocalRedis.start("busy-reply-threshold 100");
        RedisEventQueue queue = queue().uri(server.uri()).connect();
        AuditEngine engine = engine(queue)) {
      engine.start();
      publishTo(server);
      TestClients.ask(server, r -> r.clientPause(3_000));
      awaitAllHandled();

      publishTo(server);
      Thread busy = new Thread(() -> runForEver(server));
      busy.start();
      awaitTroubled(engine, "BUSY");
      TestClients.ask(server, RedisCommands::scriptKill);
      awaitAllHandled();
      TestClients.ask(server, RedisCommands::scriptFlush);
      publishTo(server);
      awaitAllHandled();
      awaitUp(engine);
    }
  }

  /** Runs until it is killed. */
  private static void runForEver(LocalRedis server) {
    assertThatThrownBy(
            () ->
                TestClients.ask(server, r -> r.eval("while true do end", ScriptOutputType.INTEGER)))
        .isInstanceOf(RedisException.class);
  }

  @Test
  void aPolicyThatDiscardsEventsIsNoticedIfItMayBeAskedFor() {
    try (LocalRedis server =
            LocalRedis.start(
                "maxmemory-policy allkeys-lru", "user silent on >one ~* &* +@all -info");
        RedisEventQueue queue = queue().uri(server.uri()).connect();
        RedisEventQueue silent =
            queue().uri("redis://silent:one@127.0.0.1:" + server.port()).connect()) {
      assertThat(queue.evictingPolicy()).contains("allkeys-lru");
      assertThat(silent.evictingPolicy()).isEmpty();
      TestClients.ask(server, r -> r.configSet("maxmemory-policy", "volatile-lru"));
      assertThat(queue.evictingPolicy()).isEmpty();
    }
  }

  @Test
  void whatIsWrongForGoodIsNotToldAsIfItPassed() {
    try (LocalRedis server = LocalRedis.start("rename-command EVALSHA unknown-here")) {
      assertThatThrownBy(() -> queue().uri(server.uri()).connect())
          .isInstanceOf(QueueException.class)
          .isNotInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining("for good")
          .hasMessageContaining("unknown command");
    }
  }

  /** A script stops at the first forbidden command, and the error says so. */
  @Test
  void aUserWhoMayNotRunAPartOfAScriptIsTold() {
    try (LocalRedis server = LocalRedis.start("user worker on >one ~* &* +@all");
        RedisEventQueue queue =
            queue().uri("redis://worker:one@127.0.0.1:" + server.port()).connect()) {
      acl(server, "SETUSER", "worker", "-rpush");
      AuditEvent event = AuditEvent.of("event", EventType.of("T"), "wallet");
      assertThatThrownBy(() -> queue.publish(event))
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining("it stopped at a step that the user may not do")
          .hasMessageContaining("Permissions");
    }
  }

  @Test
  void aServerThatLacksReplicasOrMemoryRefusesAndGoesOn() {
    try (LocalRedis server = LocalRedis.start();
        RedisEventQueue queue = queue().uri(server.uri()).connect()) {
      AuditEvent event = AuditEvent.of("event", EventType.of("T"), "wallet");
      TestClients.ask(server, r -> r.configSet("min-replicas-to-write", "1"));
      assertThatThrownBy(() -> queue.publish(event))
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining("nothing was changed")
          .hasMessageContaining("NOREPLICAS");
      TestClients.ask(server, r -> r.configSet("min-replicas-to-write", "0"));
      TestClients.ask(server, r -> r.configSet("maxmemory", "1"));
      assertThatThrownBy(() -> queue.publish(event))
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining("nothing was changed")
          .hasMessageContaining("maxmemory");
      TestClients.ask(server, r -> r.configSet("maxmemory", "0"));

      assertThat(queue.publish(event).accepted()).isEqualTo(1);
      QueueStats stats = queue.stats();
      assertThat(stats.published()).isEqualTo(1);
    }
  }
}
