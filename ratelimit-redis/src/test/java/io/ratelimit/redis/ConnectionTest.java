package io.ratelimit.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.ClientResources;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to a server. */
@SuppressWarnings("try") // Resources that only have to be closed.
class ConnectionTest {

  private static final String COMMANDS =
      "+@connection +@hash +@sortedset +@list +@pubsub -@dangerous +eval +evalsha +unlink +time +info";

  private static final RateLimit LIMIT = RateLimit.of(100).perSecond().withBurst(100);
  private static final Duration LEASE = Duration.ofSeconds(30);

  private static final String PASSWORD = "changeit";

  private final String namespace = TestClients.newNamespace();

  private static final Limits WALLETS =
      Limits.builder()
          .limit("wallet", AuditEvent::walletId, RateLimit.of(10).perMinute())
          .maxInFlight("wallet", 1)
          .build();

  private RedisEventQueue.Builder queue() {
    return RedisEventQueue.builder(LIMIT)
        .clientResources(TestClients.resources())
        .namespace(namespace)
        .startUp(RedisEventQueue.StartUp.FULL);
  }

  private static void assertWorks(EventQueue queue) {
    long before = queue.stats().done();
    AuditEvent event = AuditEvent.of("event", EventType.of("TEST"), "wallet");
    assertThat(queue.publish(event).accepted()).isEqualTo(1);
    TakeResult result = queue.take(TakeRequest.one("request", "worker", LEASE));
    Lease lease = ((TakeResult.Taken) result).leases().get(0);
    assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.stats().done()).isEqualTo(before + 1);
  }

  /** The permissions are those that the documentation asks for. */
  @Test
  void aUserMayDoWhatAQueueNeedsInItsNamespaceAlone() {
    String user = "user worker " + permissions();
    try (LocalRedis server = LocalRedis.start(user)) {
      String uri = "redis://worker:secret@127.0.0.1:" + server.port();
      try (RedisEventQueue queue = queue().uri(uri).connect();
          RedisEventQueue other =
              queue().uri(uri).retainDone(1).failedAgeLimit(LEASE).limits(WALLETS).connect()) {
        AtomicInteger heard = new AtomicInteger();
        assertThat(other.onChange(heard::incrementAndGet)).isNotNull();
        assertWorks(queue);
        assertWorks(other);
        String channel = "{" + namespace + "}:changes";
        await()
            .until(
                () ->
                    TestClients.ask(
                        server, redis -> redis.pubsubNumsub(channel).get(channel).equals(2L)));
        int before = heard.get();
        assertThat(queue.limitControl().pause().version()).isEqualTo(2);
        await().until(() -> heard.get() > before);

        String elsewhere = TestClients.newNamespace();
        assertThatThrownBy(() -> queue().uri(uri).namespace(elsewhere).connect())
            .isInstanceOf(QueueException.class)
            .hasMessageContaining(elsewhere)
            .hasMessageContaining("NOPERM");

        queue.remove();
      }
    }
  }

  /** The permissions for one queue of a scope and the keys that it shares. */
  @Test
  void aUserMayDoWhatAQueueNeedsInItsScope() {
    Limits oneByOne = Limits.builder().maxInFlight("wallet", AuditEvent::walletId, 1).build();
    String user =
        String.format(
            "user worker on >secret ~{%1$s}/audits/* ~{%1$s}/meta ~{%1$s}/limits*"
                + " &{%1$s}/audits/changes* &{%1$s}/changes %2$s",
            namespace, COMMANDS);
    try (LocalRedis server = LocalRedis.start(user)) {
      String uri = "redis://worker:secret@127.0.0.1:" + server.port();
      try (RedisEventQueue others =
              queue()
                  .uri(server.uri())
                  .namespace(namespace + "/others")
                  .limits(oneByOne)
                  .connect();
          RedisEventQueue queue =
              queue().uri(uri).namespace(namespace + "/audits").limits(oneByOne).connect()) {
        assertWorks(others);
        assertWorks(queue);
        others.publish(AuditEvent.of("1", EventType.of("T"), "w"));
        queue.publish(AuditEvent.of("1", EventType.of("T"), "w"));
        Lease lease =
            ((TakeResult.Taken) others.take(TakeRequest.one("r", "w", LEASE))).leases().get(0);
        assertThat(queue.take(TakeRequest.one("r", "w", LEASE)))
            .isNotInstanceOf(TakeResult.Taken.class);
        assertThat(others.ack(lease)).isEqualTo(Settlement.SETTLED);
        await()
            .until(() -> queue.take(TakeRequest.one("r", "w", LEASE)) instanceof TakeResult.Taken);
        queue.remove();
      }
    }
  }

  private String permissions() {
    return String.format("on >secret ~{%1$s}:* &{%1$s}:changes %2$s", namespace, COMMANDS);
  }

  /** The permissions are those that the documentation asks for. */
  @Test
  void aUserOfAClusterAlsoLooksForItsNodes() {
    List<String> rules =
        Stream.concat(
                Stream.of("worker"), Stream.of((permissions() + " +cluster|nodes").split(" ")))
            .toList();
    try (RedisCluster cluster = RedisCluster.start()) {
      cluster.askAll(
          redis -> {
            CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
            arguments.add("SETUSER");
            rules.forEach(arguments::add);
            return redis.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments);
          });
      String uri = "redis://worker:secret@127.0.0.1:" + cluster.seed().getPort();

      try (RedisEventQueue queue = queue().cluster(uri).connect()) {
        assertWorks(queue);
      }
      assertThatThrownBy(() -> queue().cluster(uri.replace("secret", "guess")).connect())
          .isInstanceOf(QueueUnavailableException.class);
    }
  }

  @Test
  void aWrongPasswordIsSaid() {
    try (LocalRedis server = LocalRedis.start("user worker on >secret ~* +@all")) {
      String uri = "redis://worker:guess@127.0.0.1:" + server.port();

      assertThatThrownBy(() -> queue().uri(uri).connect())
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining(namespace)
          .hasMessageContaining("cannot be reached: WRONGPASS");
    }
  }

  @Test
  void aUnixSocketIsAWayToo(@TempDir Path directory) {
    Path socket = directory.resolve("redis.sock");
    try (LocalRedis server = LocalRedis.start("unixsocket " + socket);
        RedisEventQueue queue = queue().uri("redis-socket://" + socket).connect()) {
      assertWorks(queue);
    }
  }

  @Test
  void aNodeOfAClusterSaysThatItIsOne() {
    try (RedisCluster cluster = RedisCluster.start()) {
      String wrong =
          cluster.seeds().stream()
              .filter(seed -> seed.getPort() != cluster.masterOf(namespace).port())
              .map(seed -> "redis://127.0.0.1:" + seed.getPort())
              .findFirst()
              .orElseThrow();

      assertThatThrownBy(() -> queue().uri(wrong).connect())
          .isInstanceOf(QueueException.class)
          .hasMessageContaining("is a node of a Redis Cluster");
      try (RedisEventQueue queue = queue().cluster(wrong).connect()) {
        assertWorks(queue);
      }
      try (RedisEventQueue queue =
          queue().cluster(wrong).namespace(namespace + "/queue").limits(WALLETS).connect()) {
        assertWorks(queue);
      }
    }
  }

  @Test
  void theHostsResourcesStayOpen() {
    ClientResources resources = ClientResources.create();
    try {
      RedisEventQueue queue =
          TestClients.queue(LIMIT).clientResources(resources).namespace(namespace).connect();
      assertWorks(queue);
      queue.close();

      assertThat(resources.eventExecutorGroup().isShuttingDown()).isFalse();
    } finally {
      assertThat(resources.shutdown().awaitUninterruptibly(10_000)).isTrue();
    }
  }

  @Test
  void tlsIsSpokenAndTheServersCertificateVerified(@TempDir Path directory) throws Exception {
    Path store = selfSigned(directory);
    int port = Loopback.freePort();
    try (LocalRedis server =
        LocalRedis.start(
            "tls-port " + port,
            "tls-cert-file " + directory.resolve("certificate.pem"),
            "tls-key-file " + directory.resolve("key.pem"),
            "tls-ca-cert-file " + directory.resolve("certificate.pem"),
            "tls-auth-clients no")) {
      RedisURI uri = RedisURI.create("rediss://localhost:" + port);
      assertThatThrownBy(() -> queue().uri(uri).connect())
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining("cannot be reached")
          .hasMessageContaining("certification path");

      RedisClient client = RedisClient.create(TestClients.resources());
      client.setOptions(
          ClientOptions.builder()
              .sslOptions(SslOptions.builder().truststore(store.toFile(), PASSWORD).build())
              .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
              .build());
      try (RedisEventQueue queue = queue().client(client, uri).connect()) {
        assertWorks(queue);
      } finally {
        client.shutdown();
      }

      uri.setVerifyPeer(SslVerifyMode.NONE);
      try (RedisEventQueue queue = queue().uri(uri).connect()) {
        assertThat(queue.stats().done()).isEqualTo(1);
      }
    }
  }

  /** Creates a key and its certificate, in the returned key store and in Redis's format. */
  private static Path selfSigned(Path directory) throws Exception {
    Path store = directory.resolve("store.p12");
    String arguments =
        "-genkeypair -alias redis -keyalg EC -validity 2 -dname CN=localhost"
            + " -ext SAN=dns:localhost -storetype PKCS12 -storepass "
            + PASSWORD;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-keystore", store.toString()));
    Process keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Key key = keys.getKey("redis", PASSWORD.toCharArray());
    Certificate certificate = keys.getCertificate("redis");
    writePem(directory.resolve("key.pem"), "PRIVATE KEY", key.getEncoded());
    writePem(directory.resolve("certificate.pem"), "CERTIFICATE", certificate.getEncoded());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("redis", certificate);
    Path trust = directory.resolve("trust.p12");
    try (OutputStream out = Files.newOutputStream(trust)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    return trust;
  }

  private static void writePem(Path file, String label, byte[] content) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file,
        "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n",
        US_ASCII);
  }
}
