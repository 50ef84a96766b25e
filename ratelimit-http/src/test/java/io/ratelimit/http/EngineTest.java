package io.ratelimit.http;

import static io.ratelimit.http.answer.Conditions.status;
import static io.ratelimit.http.answer.Conditions.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.time.Time;
import io.ratelimit.http.feedback.QuotaFeedback;
import io.ratelimit.http.profile.ApiProfile;
import io.ratelimit.http.profile.KnownApis;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Engines whose API wants a pause that a status alone does not tell. */
@Timeout(60)
class EngineTest {

  private static final int EVENTS = 20;
  private static final int GOOD = 3;
  private static final int LANES = 4;
  private static final RateLimit LIMIT = RateLimit.of(50).perSecond().withBurst(50);

  private final AtomicInteger asked = new AtomicInteger();

  private static String bannedOrNot(AuditEvent event) {
    return event.walletId().startsWith("banned") ? "banned" : "other";
  }

  /** Returns a server whose first answers are good and whose later ones are these lines. */
  private RawServer turningBad(String good, String... bad) throws IOException {
    byte[] first =
        ("HTTP/1.1 200 x\r\nConnection: close\r\nContent-Length: "
                + good.length()
                + "\r\n\r\n"
                + good)
            .getBytes(UTF_8);
    byte[] later = String.join("\r\n", bad).getBytes(UTF_8);
    return RawServer.start((out, in) -> out.write(asked.incrementAndGet() <= GOOD ? first : later));
  }

  /** Lets an engine work until the queue reaches a state, and returns the queue. */
  private InMemoryEventQueue run(
      RawServer server, ApiProfile profile, Predicate<QueueStats> until) {
    InMemoryEventQueue queue = InMemoryEventQueue.create(LIMIT);
    for (int i = 0; i < EVENTS; i++) {
      queue.publish(AuditEvent.of("e-" + i, EventType.BALANCE_CHECK_REQUIRED, "w-" + i));
    }
    HttpAuditHandler handler =
        HttpAuditHandler.builder(server.uri())
            .profile(profile)
            .onAnswer(QuotaFeedback.into(queue.limitControl(), LIMIT))
            .build();
    try (AuditEngine engine =
        AuditEngine.builder(queue).handler(handler).workers(LANES, LANES).build()) {
      engine.start();
      await().until(() -> until.test(queue.stats()));
    }
    return queue;
  }

  private static Predicate<QueueStats> pausedFor(Duration time) {
    return stats ->
        stats.done() == GOOD
            && stats.leased() == 0
            && stats.limit().isPaused(Time.system().now().plus(time));
  }

  private void assertThatNothingIsLost(InMemoryEventQueue queue) {
    QueueStats stats = queue.stats();
    assertThat(stats.failed()).isZero();
    assertThat(stats.done()).isEqualTo(GOOD);
    assertThat(stats.unfinished()).isEqualTo(EVENTS - GOOD);
    assertThat(asked.get()).isLessThanOrEqualTo(GOOD + LANES);
  }

  /** An API that knows the key of the round before would answer that round's event once more. */
  @Test
  void anIdThatIsPublishedAgainHasAnotherIdempotencyKey() throws Exception {
    byte[] busy =
        "HTTP/1.1 503 x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8);
    byte[] done =
        "HTTP/1.1 200 x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8);
    try (RawServer server =
            RawServer.start((out, in) -> out.write(asked.incrementAndGet() == 1 ? busy : done));
        InMemoryEventQueue queue = InMemoryEventQueue.create(LIMIT);
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(HttpAuditHandler.builder(server.uri()).build())
                .build()) {
      AuditEvent sameEachRound = AuditEvent.of("w-1", EventType.BALANCE_CHECK_REQUIRED, "w-1");
      queue.publish(sameEachRound);
      engine.runRound();
      queue.publish(sameEachRound);
      engine.runRound();

      List<String> keys = server.requests().stream().map(EngineTest::idempotencyKey).toList();
      assertThat(keys).hasSize(3).allMatch(key -> key.startsWith("\"w-1%2F"));
      assertThat(keys.get(1)).isEqualTo(keys.get(0));
      assertThat(keys.get(2)).isNotEqualTo(keys.get(0));
    }
  }

  private static String idempotencyKey(String request) {
    return request
        .lines()
        .filter(line -> line.startsWith("Idempotency-Key: "))
        .map(line -> line.substring("Idempotency-Key: ".length()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anErrorInsideA200IsNotDoneAndSlowsDown() throws Exception {
    String busy = "{\"error\":[\"EAPI:Rate limit exceeded\"]}";
    try (RawServer server =
        turningBad(
            "{\"error\":[],\"result\":{}}",
            "HTTP/1.1 200 x",
            "Connection: close",
            "Content-Length: " + busy.length(),
            "",
            busy)) {
      InMemoryEventQueue queue = run(server, KnownApis.kraken(), pausedFor(Duration.ofSeconds(20)));

      assertThatNothingIsLost(queue);
      assertThat(LIMIT.isFasterThan(queue.limitControl().settings().normal())).isTrue();
    }
  }

  @Test
  void aBanThatOnlyTheBodyTellsIsWaitedFor() throws Exception {
    long until = Time.system().now().plus(Duration.ofMinutes(10)).toEpochMilli();
    String banned = "{\"code\":-1003,\"msg\":\"IP banned until " + until + ".\"}";
    try (RawServer server =
        turningBad(
            "{}",
            "HTTP/1.1 418 x",
            "Connection: close",
            "Content-Length: " + banned.length(),
            "",
            banned)) {
      InMemoryEventQueue queue = run(server, KnownApis.binance(), pausedFor(Duration.ofMinutes(9)));

      assertThatNothingIsLost(queue);
    }
  }

  /** In a queue that knows accounts, one account is banned, and all others are served. */
  @Test
  void aBannedAccountHoldsUpNobodyElse() throws Exception {
    String banned = "HTTP/1.1 403 x\r\nConnection: close\r\nContent-Length: 6\r\n\r\nbanned";
    String done = "HTTP/1.1 200 x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    Limits accounts =
        Limits.builder()
            .limit("account", EngineTest::bannedOrNot, RateLimit.of(50).perSecond().withBurst(50))
            .build();
    ApiProfile api =
        ApiProfile.named("accounts")
            .keyBanned(status(403).and(text("banned")), Duration.ofMinutes(10))
            .build();
    try (RawServer server =
            RawServer.answering(header -> header.startsWith("POST /wallets/b") ? banned : done);
        InMemoryEventQueue queue = InMemoryEventQueue.builder(LIMIT).limits(accounts).build()) {
      for (int i = 0; i < EVENTS; i++) {
        queue.publish(
            AuditEvent.of(
                "e-" + i, EventType.BALANCE_CHECK_REQUIRED, (i % 2 == 0 ? "banned-" : "w-") + i));
      }
      HttpAuditHandler handler =
          HttpAuditHandler.builder(server.uri())
              .profile(api)
              .key("account", EngineTest::bannedOrNot)
              .onAnswer(QuotaFeedback.into(queue.limitControl(), LIMIT))
              .build();
      try (AuditEngine engine =
          AuditEngine.builder(queue).handler(handler).workers(LANES, LANES).build()) {
        engine.start();
        await().until(() -> queue.stats().done() == EVENTS / 2);
        await().until(() -> queue.stats().leased() == 0);
      }
      LimitKey key = new LimitKey("account", "banned");
      assertThat(queue.namedLimitControl().key(key).orElseThrow().pause()).isPresent();
      QueueStats stats = queue.stats();
      assertThat(stats.done()).isEqualTo(EVENTS / 2);
      assertThat(stats.failed()).isZero();
      assertThat(stats.unfinished()).isEqualTo(EVENTS / 2);
      assertThat(stats.limit().isPaused(Time.system().now())).isFalse();
      assertThat(stats.limit().normal()).isEqualTo(LIMIT);
      assertThat(server.requests())
          .filteredOn(header -> header.startsWith("POST /wallets/b"))
          .hasSizeBetween(1, LANES);
    }
  }

  @Test
  void aFirewallsRetryAfterIsHeeded() throws Exception {
    try (RawServer server =
        turningBad(
            "{}",
            "HTTP/1.1 403 x",
            "Connection: close",
            "Retry-After: 600",
            "Content-Length: 0",
            "",
            "")) {
      InMemoryEventQueue queue =
          run(server, ApiProfile.standard(), pausedFor(Duration.ofMinutes(9)));

      assertThatNothingIsLost(queue);
    }
  }

  /** Repeated, because the order of answers is a matter of chance. */
  @RepeatedTest(20)
  void aRefusalLowersTheLimitAlsoUnderAPolicyThatIsObeyed() throws Exception {
    try (RawServer server =
        turningBad(
            "{}",
            "HTTP/1.1 429 x",
            "Connection: close",
            "Retry-After: 600",
            "RateLimit-Policy: \"default\";q=1000;w=1",
            "Content-Length: 0",
            "",
            "")) {
      InMemoryEventQueue queue =
          run(server, ApiProfile.standard(), pausedFor(Duration.ofMinutes(9)));

      assertThatNothingIsLost(queue);
      assertThat(queue.limitControl().settings().normal())
          .isEqualTo(RateLimit.of(50).per(Duration.ofSeconds(2)).withBurst(1));
    }
  }
}
