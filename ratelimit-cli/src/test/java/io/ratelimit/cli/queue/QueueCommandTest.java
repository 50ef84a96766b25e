package io.ratelimit.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.Keys;
import io.ratelimit.cli.event.SampleEvents;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.server.LocalRedis;
import io.ratelimit.testkit.server.Loopback;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The queue commands on a real Redis; each test has its own namespace. */
@Timeout(120)
class QueueCommandTest {

  private static LocalRedis redis;

  private final String namespace = "test-" + UUID.randomUUID();

  @BeforeAll
  static void startRedis() throws IOException {
    redis = LocalRedis.start();
  }

  @AfterAll
  static void stopRedis() throws IOException {
    redis.close();
  }

  private CommandRun queueWithInput(String input, String command) {
    List<String> args = new ArrayList<>(List.of("queue"));
    args.addAll(List.of(command.split(" ")));
    args.addAll(List.of("--redis", redis.uri(), "--queue", namespace));
    return CommandRun.withInput(input, args.toArray(String[]::new));
  }

  private CommandRun queue(String command) {
    return queueWithInput("", command);
  }

  private String done(String command) {
    CommandRun run = queue(command);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return run.out();
  }

  private JsonNode json(String command) throws JsonProcessingException {
    return new JsonMapper().readTree(done(command + " --json"));
  }

  /** Makes events fail permanently. */
  private void fail(int count) {
    RateLimit fast = RateLimit.of(1_000).per(Duration.ofSeconds(1)).withBurst(1_000);
    try (RedisEventQueue queue =
        RedisEventQueue.builder(fast)
            .uri(redis.uri())
            .namespace(namespace)
            .startUp(RedisEventQueue.StartUp.FULL)
            .connect()) {
      TakeResult taken =
          queue.take(new TakeRequest("request", "test", count, Duration.ofMinutes(1)));
      for (Lease lease : ((TakeResult.Taken) taken).leases()) {
        queue.fail(lease, "no such wallet");
      }
    }
  }

  @Test
  void aVersionOfTheLimitIsSetOnceAndNeverSetBack() {
    String publish = "publish --count 1 --initial-limit ";
    done(publish + "20/m --limit-version 1");
    done(publish + "30/m");
    assertThat(normalLimit()).isEqualTo("20/min");

    done(publish + "30/m --limit-version 2");
    assertThat(normalLimit()).isEqualTo("30/min");
    done(publish + "20/m --limit-version 1");
    done("limit 40/m");
    done(publish + "30/m --limit-version 2");
    assertThat(normalLimit()).isEqualTo("40/min");
  }

  private String normalLimit() {
    try (RedisEventQueue queue =
        RedisEventQueue.builder(RateLimit.of(1).perMinute())
            .uri(redis.uri())
            .namespace(namespace)
            .connectExisting()) {
      return queue.limitControl().settings().normal().toString();
    }
  }

  @Test
  void aVersionWithoutItsLimitIsRefused() {
    CommandRun run = queue("publish --count 1 --limit-version 2");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--limit-version 2 is that of an --initial-limit");
    assertThat(queue("publish --count 1 --initial-limit 1/s --limit-version 0").err())
        .contains("from 1 to 1000000000000000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "queue stats",
        "queue peek",
        "queue failed",
        "queue redrive --all",
        "queue redrive 17",
        "queue redrive --reason x",
        "queue discard 17 --yes",
        "queue clear all",
        "queue clear all --yes",
        "queue limit 30/m",
        "queue pause",
        "queue resume",
        "queue keys",
        "queue keys orders",
        "queue key orders a",
        "queue pause orders a",
        "queue cancel e1",
        "queue reprioritize e1 --priority high",
        "queue monitor --once",
        "monitor --once",
        "monitor",
        "monitor --json",
        "monitor --web 0",
        "monitor --metrics 0",
        "limiter show"
      })
  void whoLooksOrOperatesCreatesNothing(String command) throws IOException {
    try (LocalRedis empty = LocalRedis.start()) {
      List<String> args = new ArrayList<>(List.of(command.split(" ")));
      args.addAll(List.of("--redis", empty.uri(), "--queue", "audit"));

      CommandRun run = CommandRun.of(args.toArray(String[]::new));

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.errLines())
          .singleElement()
          .asString()
          .contains("there is no queue \"audit\"", "ratelimit queue list");
      assertThat(Keys.of(empty)).isEmpty();
      assertThat(CommandRun.of("queue", "list", "--redis", empty.uri()).out())
          .isEqualTo("there is no queue\n");
    }
  }

  @Test
  void queuesAreListedAndSimilarOnesNamed() throws IOException {
    try (LocalRedis several = LocalRedis.start()) {
      for (String name : List.of("orders", "audits")) {
        CommandRun created =
            CommandRun.of(
                "queue", "publish", "--count", "1", "--redis", several.uri(), "--queue", name);
        assertThat(created.exitCode()).isZero();
      }

      CommandRun list = CommandRun.of("queue", "list", "--redis", several.uri());
      assertThat(list.out()).isEqualTo("audits\norders\n");
      CommandRun cut = CommandRun.of("queue", "list", "--max", "1", "--redis", several.uri());
      assertThat(cut.outLines()).hasSize(2).last().isEqualTo("there may be more");
      JsonNode json =
          new JsonMapper()
              .readTree(CommandRun.of("queue", "list", "--json", "--redis", several.uri()).out());
      assertThat(json.at("/names/1").textValue()).isEqualTo("orders");
      assertThat(json.get("complete").booleanValue()).isTrue();

      CommandRun typo =
          CommandRun.of("queue", "stats", "--redis", several.uri(), "--queue", "audit");
      assertThat(typo.err()).contains("did you mean \"audits\" or \"orders\"?");
    }
  }

  private void publishAndFail(int published, int failed) {
    RateLimit fast = RateLimit.of(1_000).per(Duration.ofSeconds(1)).withBurst(1_000);
    try (RedisEventQueue queue =
        RedisEventQueue.builder(fast)
            .uri(redis.uri())
            .namespace(namespace)
            .startUp(RedisEventQueue.StartUp.FULL)
            .connect()) {
      queue.publish(SampleEvents.mixed(published, 1));
    }
    fail(failed);
  }

  @Test
  void madeUpEventsArePublishedAsNewOnesEachTime() throws JsonProcessingException {
    assertThat(done("publish --count 108")).isEqualTo("108 events published\n");
    assertThat(json("publish --count 108").get("accepted").intValue()).isEqualTo(108);

    JsonNode stats = json("stats");
    assertThat(stats.get("namespace").textValue()).isEqualTo(namespace);
    assertThat(stats.get("pending").intValue()).isEqualTo(216);
    assertThat(stats.at("/pendingByPriority/HIGH").intValue())
        .isEqualTo(stats.at("/pendingByType/REBALANCE_NEEDED").intValue());
    assertThat(stats.get("conserved").booleanValue()).isTrue();
    assertThat(stats.get("limitInForce").textValue()).isEqualTo("20/min");
  }

  @Test
  void whatTheLimitHasNoRoomForIsNotPublished() throws JsonProcessingException {
    CommandRun run = queue("publish --type A=1*21");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--type A weighs 21 but the limit 20/min has 20 permits");
    assertThat(json("stats").get("published").intValue()).isZero();
    assertThat(done("publish --type A=2*20")).isEqualTo("2 events published\n");
  }

  @Test
  void aFileIsPublishedOnce() {
    assertThat(done("publish --file ../examples/events.jsonl")).isEqualTo("108 events published\n");
    assertThat(done("publish --file ../examples/events.jsonl"))
        .isEqualTo("0 events published, 108 duplicates ignored\n");
  }

  @Test
  void ofABadFileNothingIsPublished() throws JsonProcessingException {
    CommandRun run =
        queueWithInput(
            "{\"id\":\"e1\",\"type\":\"A\",\"walletId\":\"w\"}\n{\"id\":\"e2\"}\n",
            "publish --file -");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("  line 2: \"type\" is missing");
    assertThat(json("stats").get("published").intValue()).isZero();
  }

  @Test
  void statsAreReadable() {
    publishAndFail(30, 2);

    CommandRun run = queue("stats");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("Waiting     28 events pending (")
        .contains("Balance     30 published = 28 unfinished + 0 done + 2 failed + 0 discarded\n")
        .contains("Limit       1000/s burst 1000, ")
        .doesNotContain("\u001b", "Paused");
  }

  @Test
  void peekShowsPages() throws JsonProcessingException {
    queueWithInput(
        """
        {"id":"e1","type":"A","walletId":"w1","payload":[1]}
        {"id":"e2","type":"A","walletId":"w2"}
        """,
        "publish --file -");

    JsonNode first = json("peek --max 1");
    assertThat(first).hasSize(1);
    assertThat(first.at("/0/id").textValue()).isEqualTo("e1");
    assertThat(first.at("/0/payload").textValue()).isEqualTo("[1]");
    JsonNode second = json("peek --after " + first.at("/0/sequence").longValue());
    assertThat(second).hasSize(1);
    assertThat(second.at("/0/id").textValue()).isEqualTo("e2");
    assertThat(done("peek --after " + second.at("/0/sequence").longValue()))
        .isEqualTo("no further event of normal priority waits\n");
    assertThat(done("peek --priority HIGH")).isEqualTo("no event of high priority waits\n");
    assertThat(done("peek").lines().toList().get(1)).contains("e1", "w1");
  }

  @Test
  void whatWaitsIsChangedAndCancelled() throws JsonProcessingException {
    String events =
        """
        {"id": "e1", "type": "T", "walletId": "w"}
        {"id": "e2", "type": "T", "walletId": "w"}
        """;
    queueWithInput(events, "publish --file - --delay 1h --expiry 2h");
    assertThat(json("stats").get("delayed").intValue()).isEqualTo(2);

    assertThat(done("cancel e1 e9"))
        .isEqualTo("1 event canceled\nno unfinished event has the id e9\n");
    assertThat(done("reprioritize --priority high e2")).isEqualTo("1 event of high priority now\n");
    JsonNode again = json("cancel e1 e2");
    assertThat(again.get("changed").intValue()).isEqualTo(1);
    assertThat(again.at("/notFound/0").textValue()).isEqualTo("e1");
    assertThat(json("stats").get("discarded").intValue()).isEqualTo(2);
  }

  @Test
  void failedEventsAreShownAndRedriven() throws JsonProcessingException {
    publishAndFail(3, 3);

    JsonNode failed = json("failed");
    assertThat(failed.get("failed").intValue()).isEqualTo(3);
    assertThat(failed.get("events")).hasSize(3);
    assertThat(failed.at("/events/0/reason").textValue()).isEqualTo("no such wallet");
    assertThat(done("failed").lines())
        .hasSize(5)
        .last()
        .isEqualTo("3 of 3 events searched, 3 in total");
    long first = failed.at("/events/0/sequence").longValue();
    assertThat(done("failed --max 1"))
        .endsWith("1 of 1 events searched, 3 in total; continue with --after " + first + "\n");

    CommandRun some = queue("redrive " + first + " 999999");
    assertThat(some.exitCode()).isEqualTo(2);
    assertThat(some.out()).isEqualTo("1 event redriven\n");
    assertThat(some.err()).contains("no failed event has the number 999999");
    assertThat(queue("redrive 999999").exitCode()).isEqualTo(2);
    assertThat(json("redrive --all").get("redriven").intValue()).isEqualTo(2);
    assertThat(done("failed")).isEqualTo("no event has failed\n");
    assertThat(json("stats").get("pending").intValue()).isEqualTo(3);
  }

  private void publishAndFail(List<AuditEvent> events, String reason) {
    RateLimit fast = RateLimit.of(1_000).per(Duration.ofSeconds(1)).withBurst(1_000);
    try (RedisEventQueue queue =
        RedisEventQueue.builder(fast)
            .uri(redis.uri())
            .namespace(namespace)
            .startUp(RedisEventQueue.StartUp.FULL)
            .connect()) {
      queue.publish(events);
      TakeResult taken =
          queue.take(new TakeRequest(reason, "test", events.size(), Duration.ofMinutes(1)));
      for (Lease lease : ((TakeResult.Taken) taken).leases()) {
        assertThat(queue.fail(lease, reason)).isEqualTo(Settlement.SETTLED);
      }
    }
  }

  private static AuditEvent event(String id, String wallet) {
    return AuditEvent.of(id, EventType.OPEN_ORDER_DETECTED, wallet)
        .withPayload(Payload.ofText("secret of " + id))
        .withAttribute("exchange", "kraken");
  }

  @Test
  void oneFailedEventIsShownWithItsAttemptsAndOnlyOnDemandItsPayload()
      throws JsonProcessingException {
    publishAndFail(List.of(event("a", "w-1")), "HTTP 503");

    String masked = done("failed 1");
    assertThat(masked)
        .contains("Event       1  a\n", "Wallet      w-1\n", "HTTP 503", "ATTEMPT", "Published")
        .contains("Payload     11 bytes, not shown: see --show-payload\n")
        .doesNotContain("secret", "kraken");
    assertThat(done("failed 1 --show-payload"))
        .contains("secret of a", "Attribute   exchange = kraken\n");
    JsonNode json = json("failed 1");
    assertThat(json.get("content").isNull()).isTrue();
    assertThat(json.at("/history/0/reason").textValue()).isEqualTo("HTTP 503");
    assertThat(json.at("/history/0/takenAt").textValue())
        .isGreaterThanOrEqualTo(json.get("publishedAt").textValue());
    assertThat(json("failed --show-payload").at("/events/0/content/payload").textValue())
        .isEqualTo("secret of a");
    CommandRun unknown = queue("failed 2");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.out()).isEmpty();
    assertThat(unknown.err()).contains("no failed event has the number 2");
  }

  @Test
  void failedEventsAreFoundGroupedRedrivenAndDiscardedByWhatTheyAre()
      throws JsonProcessingException {
    publishAndFail(List.of(event("a", "w-1"), event("b", "w-2")), "HTTP 503 after 1042 ms");
    publishAndFail(List.of(event("c", "w-1")), "HTTP 503 after 17 ms");
    publishAndFail(List.of(event("d", "w-2"), event("e", "w-2")), "no such wallet");

    assertThat(json("failed --wallet w-1").get("events").findValuesAsText("id"))
        .containsExactly("a", "c");
    assertThat(json("failed --id e").get("events").findValuesAsText("id")).containsExactly("e");
    assertThat(json("failed --event-type REBALANCE_NEEDED").get("events")).isEmpty();
    assertThat(done("failed --reason WALLET --wallet w-1"))
        .isEqualTo("no failed event was found\n0 of 5 events searched, 5 in total\n");
    assertThat(done("failed --reason WALLET --look-at 4").lines())
        .last()
        .isEqualTo("1 of 4 events searched, 5 in total; continue with --after 4");

    JsonNode reasons = json("failed --by-reason");
    assertThat(reasons.at("/reasons").findValuesAsText("reason"))
        .containsExactly("HTTP 503 after … ms", "no such wallet");
    assertThat(reasons.at("/reasons").findValuesAsText("events")).containsExactly("3", "2");
    assertThat(done("failed --by-reason")).contains("EVENTS", "5 of 5 events searched");

    CommandRun unconfirmed = queue("discard --wallet w-1");
    assertThat(unconfirmed.exitCode()).isEqualTo(2);
    assertThat(unconfirmed.err()).contains("would discard 2 failed events", "--yes");
    assertThat(json("stats").get("failed").intValue()).isEqualTo(5);

    JsonNode redriven = json("redrive --wallet w-2 --reason wallet");
    assertThat(redriven.get("redriven").intValue()).isEqualTo(2);
    assertThat(redriven.get("lookedAt").intValue()).isEqualTo(5);
    assertThat(done("discard --wallet w-2 --yes")).isEqualTo("1 failed event discarded\n");
    CommandRun some = queue("discard 1 999999 --yes");
    assertThat(some.out()).isEqualTo("1 failed event discarded\n");
    assertThat(some.exitCode()).isEqualTo(2);
    assertThat(json("discard --all --yes").get("discarded").intValue()).isEqualTo(1);
    assertThat(json("stats").get("failed").intValue()).isZero();
    assertThat(json("stats").get("conserved").booleanValue()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"pending, 2, 0, 3", "failed, 0, 3, 2", "all, 2, 3, 0"})
  void clearDiscardsWhatItIsToldToOnceItIsConfirmed(String scope, int pending, int failed, int left)
      throws JsonProcessingException {
    publishAndFail(5, 3);

    CommandRun unconfirmed = queue("clear " + scope);
    assertThat(unconfirmed.exitCode()).isEqualTo(2);
    assertThat(unconfirmed.err()).contains("add --yes to do it");
    assertThat(json("stats").get("discarded").intValue()).isZero();

    assertThat(done("clear " + scope + " --yes"))
        .isEqualTo(
            "discarded " + pending + " pending, 0 delayed and " + failed + " failed events\n");
    JsonNode stats = json("stats");
    assertThat(stats.get("pending").intValue() + stats.get("failed").intValue()).isEqualTo(left);
    assertThat(stats.get("conserved").booleanValue()).isTrue();
  }

  @Test
  void theLimitIsChangedPausedAndResumed() throws JsonProcessingException {
    publishAndFail(1, 1);
    assertThat(json("limit 30/m").get("limitInForce").textValue()).isEqualTo("30/min");
    assertThat(json("stats").get("limitInForce").textValue()).isEqualTo("30/min");

    JsonNode paused = json("pause --for 5m");
    assertThat(paused.get("paused").booleanValue()).isTrue();
    assertThat(paused.get("pausedUntil").isNull()).isFalse();
    assertThat(done("pause")).contains("Paused      until it is resumed\n");
    assertThat(json("resume").get("paused").booleanValue()).isFalse();
  }

  private RedisEventQueue withLimits() {
    RateLimit fast = RateLimit.of(1_000).per(Duration.ofSeconds(1)).withBurst(1_000);
    return RedisEventQueue.builder(fast)
        .uri(redis.uri())
        .namespace(namespace)
        .startUp(RedisEventQueue.StartUp.FULL)
        .limits(
            Limits.builder()
                .limit("orders", AuditEvent::walletId, RateLimit.of(3).per(Duration.ofHours(1)))
                .maxInFlight("orders", 2)
                .limit("weight", RateLimit.of(6_000).perMinute())
                .build())
        .connect();
  }

  @Test
  void publishingPastNamedLimitsIsRefused() {
    try (RedisEventQueue queue = withLimits()) {
      CommandRun refused = queue("publish --count 2");

      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).contains("named limits (orders, weight)", "nothing was published");
      assertThat(queue.stats().published()).isZero();
      assertThat(done("publish --count 2 --uncharged")).contains("2 events published");
      assertThat(queue.stats().published()).isEqualTo(2);
    }
  }

  @Test
  void keysOfNamedLimitsAreShownInPages() throws JsonProcessingException {
    try (RedisEventQueue queue = withLimits()) {
      for (String account : List.of("a", "b", "c")) {
        queue.publish(AuditEvent.of(account, EventType.of("T"), account));
      }
      assertThat(queue.take(new TakeRequest("request", "test", 9, Duration.ofMinutes(1))))
          .isInstanceOf(TakeResult.Taken.class);
      queue
          .namedLimitControl()
          .override(
              new KeyPattern("orders", "b*"), List.of(RateLimit.of(5).per(Duration.ofHours(1))));

      JsonNode limits = json("keys");
      assertThat(limits).hasSize(2);
      assertThat(limits.at("/0/limit").textValue()).isEqualTo("orders");
      assertThat(limits.at("/0/windows/0").textValue()).isEqualTo("3/h");
      assertThat(limits.at("/0/overrides").intValue()).isEqualTo(1);
      assertThat(done("keys").lines().toList().get(1)).startsWith("orders  3/h");
      JsonNode keys = json("keys orders --max 2");
      assertThat(keys).hasSize(2);
      assertThat(keys.at("/1/windows/0/held").intValue()).isEqualTo(1);
      assertThat(keys.at("/1/windows/0/limit").textValue()).isEqualTo("5/h");
      assertThat(keys.at("/1/overriddenBy").textValue()).isEqualTo("b*");
      assertThat(keys.at("/0/inFlight").intValue()).isEqualTo(1);
      assertThat(done("keys orders --max 2")).contains("1 of 3/h", "1 of 2", "--after-key \"b\"");
      assertThat(json("keys orders --after-key b").at("/0/key").textValue()).isEqualTo("c");
      assertThat(done("keys orders --after-key c")).isEqualTo("no further key matters now\n");
      assertThat(done("key orders b")).contains("1 of 5/h", "of the keys b*", "1 of 2", "in ");
      assertThat(json("key weight").at("/windows/0/held").intValue()).isNotNegative();
      assertThat(json("key orders unused").at("/windows/0/held").intValue()).isZero();
    }
  }

  @Test
  void aKeyIsPausedAndResumed() throws JsonProcessingException {
    withLimits().close();
    JsonNode paused = json("pause orders a --for 5m");
    assertThat(paused.get("paused").booleanValue()).isTrue();
    assertThat(paused.get("pausedUntil").isNull()).isFalse();
    assertThat(done("pause orders a")).contains("when someone resumes");
    assertThat(json("key orders b").get("paused").booleanValue()).isFalse();
    assertThat(json("stats").get("paused").booleanValue()).isFalse();
    assertThat(json("resume orders a").get("paused").booleanValue()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"keys ordrs", "key ordrs a", "pause ordrs a", "resume ordrs"})
  void anUnknownLimitIsToldWithTheNearestNames(String command) {
    withLimits().close();
    CommandRun run = queue(command);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines())
        .singleElement()
        .asString()
        .contains("no limit \"ordrs\"; did you mean \"orders\" or", "ratelimit queue keys");
  }

  @Test
  void aQueueWithoutNamedLimitsSaysSo() {
    publishAndFail(1, 1);
    assertThat(done("keys")).isEqualTo("the queue has no named limits\n");
    assertThat(queue("key orders a").err()).contains("publishers declare them");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clear",
        "clear everything",
        "redrive",
        "redrive x",
        "redrive 1 --all",
        "redrive --id a --all",
        "discard",
        "discard --yes",
        "failed 1 2",
        "failed --look-at 0",
        "cancel",
        "reprioritize e1",
        "publish --delay -1s",
        "publish --delay 1m --expiry 1m",
        "limit",
        "limit 0/m",
        "pause --for -1s",
        "peek --priority urgent",
        "peek --max 0",
        "key",
        "keys orders --max 0",
        "failed --after -1",
        "publish --count 0",
        "frob"
      })
  void badInputIsRefusedInOneLine(String command) {
    CommandRun run = queue(command);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines()).singleElement().asString().startsWith("ratelimit queue");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aRedisThatIsNotThereIsSaidInOneLine() throws IOException {
    CommandRun run =
        CommandRun.of(
            "queue", "stats", "--redis", "redis://user:secret@127.0.0.1:" + Loopback.freePort());

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.errLines()).singleElement().asString().contains("cannot be reached");
    assertThat(run.err()).doesNotContain("secret", "Exception");
  }

  @ParameterizedTest
  @CsvSource({
    "http://user:secret@host, http://user:***@host",
    "redis://, redis://",
    "secret@host, ***@host"
  })
  void aBadUriIsRefusedWithoutShowingItsPassword(String uri, String shown) {
    CommandRun run = CommandRun.of("queue", "stats", "--redis", uri);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines())
        .singleElement()
        .asString()
        .contains("--redis must look like redis://host:6379", "\"" + shown + "\"");
    assertThat(run.err()).doesNotContain("secret");
  }

  @Test
  void aBadNamespaceIsRefused() {
    CommandRun run = CommandRun.of("queue", "stats", "--redis", redis.uri(), "--queue", "a{b}");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines()).singleElement().asString().contains("--queue", "\"a{b}\"");
  }
}
