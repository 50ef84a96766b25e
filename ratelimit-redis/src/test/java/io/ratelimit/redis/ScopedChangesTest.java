package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A queue's change of a scope's limit takes effect for the waiting events of the others. */
class ScopedChangesTest {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final RedisClient CLIENT = TestClients.client(TestClients.server());
  private static final Limits LIMITS =
      Limits.builder()
          .limit("account", AuditEvent::walletId, window(2))
          .ceiling("account", window(4))
          .maxInFlight("one", event -> event.attributes().get("one"), 1)
          .build();
  private static final KeyPattern ALL = KeyPattern.all("account");

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
  private final String scope = TestClients.newNamespace();
  private RedisEventQueue first;
  private RedisEventQueue second;
  private int requests;

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  @BeforeEach
  void connect() {
    first = connect("first");
    second = connect("second");
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private RedisEventQueue connect(String name) {
    return TestClients.queue(NO_LIMIT)
        .namespace(scope + "/" + name)
        .client(CLIENT)
        .time(time)
        .limits(LIMITS)
        .connect();
  }

  private static RateLimit window(int permits) {
    return RateLimit.of(permits).per(Duration.ofSeconds(10)).withBurst(permits);
  }

  private static List<AuditEvent> events(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> AuditEvent.of(prefix + i, EventType.of("T"), "a"))
        .toList();
  }

  private List<Lease> taken(RedisEventQueue queue) {
    requests++;
    return queue.take(new TakeRequest("request-" + requests, "w", 50, Duration.ofHours(1)))
            instanceof TakeResult.Taken taken
        ? taken.leases()
        : List.of();
  }

  @Test
  void anOverrideHoldsForAll() {
    first.publish(events("first", 9));
    second.publish(events("second", 9));
    assertThat(taken(first)).hasSize(2);
    assertThat(taken(second)).as("a backlog stands aside").isEmpty();

    first.namedLimitControl().override(new KeyPattern("account", "a"), List.of(window(5)));
    assertThat(taken(second)).hasSize(3);
    assertThat(second.namedLimitControl().settings("account").orElseThrow().overrides()).hasSize(1);
    second.namedLimitControl().override(new KeyPattern("account", "a"), List.of(window(1)));
    time.advance(Duration.ofSeconds(10));
    assertThat(taken(first)).as("lowered").hasSize(1);
    second.namedLimitControl().removeOverride(new KeyPattern("account", "a"));
    assertThat(taken(first)).hasSize(1);
    assertThat(taken(second)).isEmpty();
  }

  @Test
  void aDemandHoldsForAllUntilItLapses() {
    first.publish(events("first", 9));
    second.publish(events("second", 9));
    assertThat(taken(second)).hasSize(2);
    assertThat(taken(first)).isEmpty();

    second.namedLimitControl().demand(ALL, "owner", List.of(window(9)), Duration.ofSeconds(5));
    assertThat(taken(first)).as("up to the ceiling").hasSize(2);
    time.advance(Duration.ofSeconds(10));
    assertThat(taken(first)).as("it lapsed").hasSize(2);
    assertThat(taken(second)).isEmpty();
  }

  /** Each queue knows its own attempts in flight. */
  @Test
  void whatIsInFlightOfEachQueueIsFoundAgain() {
    for (RedisEventQueue queue : List.of(first, second)) {
      for (int i = 0; i < 2; i++) {
        queue.publish(
            AuditEvent.of(
                    queue.name().orElseThrow() + i, EventType.of("T"), queue.name().orElseThrow())
                .withAttribute("one", queue.name().orElseThrow()));
      }
    }
    List<Lease> ofFirst = taken(first);
    assertThat(ofFirst).hasSize(1);
    assertThat(taken(second)).hasSize(1);
    Long unused = TestClients.ask(TestClients.server(), r -> r.del("{" + scope + "}/limits:held"));

    assertThat(taken(first)).isEmpty();
    assertThat(taken(second)).isEmpty();
    assertThat(inFlight(first)).isEqualTo(1);
    assertThat(inFlight(second)).isEqualTo(1);
    assertThat(first.ack(ofFirst.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(taken(first)).hasSize(1);
    time.advance(Duration.ofSeconds(1));
    assertThat(taken(second)).as("swept by both, and none lost").isEmpty();
    time.advance(Duration.ofSeconds(1));
    assertThat(taken(first)).isEmpty();
    assertThat(inFlight(second)).isEqualTo(1);
  }

  private static int inFlight(RedisEventQueue queue) {
    return queue
        .namedLimitControl()
        .key(new LimitKey("one", queue.name().orElseThrow()))
        .map(KeyStats::inFlight)
        .orElse(0);
  }
}
