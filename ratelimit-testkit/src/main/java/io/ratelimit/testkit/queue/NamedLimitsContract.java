package io.ratelimit.testkit.queue;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.Corrected;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests what every {@link EventQueue} must do about {@link Limits}. Subclass it for an
 * implementation, and provide queues whose time stands still unless it is advanced.
 */
public abstract class NamedLimitsContract {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final Duration LEASE = Duration.ofHours(1);
  private static final EventType NORMAL = EventType.of("NORMAL");
  private static final EventType OTHER = EventType.of("OTHER");
  private static final EventType HIGH = EventType.of("HIGH").withPriority(Priority.HIGH);
  private static final Limits ACCOUNTS =
      Limits.builder()
          .limit("account", event -> event.attributes().get("account"), atOnce(2, 10))
          .build();
  private static final Limits WALLETS =
      Limits.builder().maxInFlight("wallet", AuditEvent::walletId, 1).build();

  private final List<EventQueue> queues = new ArrayList<>();
  private int requests;

  /** Creates the contract. */
  protected NamedLimitsContract() {}

  /** Returns a new, empty queue under these limits, without any earlier starts. */
  protected abstract EventQueue createQueue(RateLimit limit, Limits limits);

  /** Lets time pass in all queues of this test, by a multiple of a microsecond. */
  protected abstract void advance(Duration duration);

  /** Returns the seeds of the random tests; fewer if each step is slow. */
  protected LongStream seeds() {
    return LongStream.range(0, 200);
  }

  private EventQueue queue(Limits limits) {
    return queue(NO_LIMIT, limits);
  }

  private EventQueue queue(RateLimit limit, Limits limits) {
    EventQueue queue = createQueue(limit, limits);
    queues.add(queue);
    return queue;
  }

  /** Closes the test's queues. */
  @AfterEach
  protected void closeQueues() {
    queues.forEach(EventQueue::close);
  }

  private static RateLimit atOnce(int permits, int seconds) {
    return RateLimit.of(permits).per(Duration.ofSeconds(seconds)).withBurst(permits);
  }

  private static AuditEvent of(String account, String id) {
    return AuditEvent.of(id, NORMAL, "wallet-" + id).withAttribute("account", account);
  }

  private static List<AuditEvent> backlog(String account, int count) {
    return IntStream.range(0, count).mapToObj(i -> of(account, account + i)).toList();
  }

  private TakeResult take(EventQueue queue, int max) {
    requests++;
    return queue.take(new TakeRequest("request-" + requests, "worker", max, LEASE));
  }

  private List<Lease> leases(EventQueue queue, int max) {
    return take(queue, max) instanceof TakeResult.Taken taken ? taken.leases() : List.of();
  }

  private static List<String> ids(List<Lease> leases) {
    return leases.stream().map(lease -> lease.event().id()).toList();
  }

  @CanIgnoreReturnValue
  private List<String> takeIds(EventQueue queue, int max) {
    return ids(leases(queue, max));
  }

  private List<String> takeIds(EventQueue queue, int max, EventType type) {
    requests++;
    TakeResult result =
        queue.take(
            new TakeRequest(
                "request-" + requests, "w", max, LEASE, WantedTypes.named(Set.of(type.name()))));
    return result instanceof TakeResult.Taken taken ? ids(taken.leases()) : List.of();
  }

  @CanIgnoreReturnValue
  private Lease takeOne(EventQueue queue, String id) {
    List<Lease> leases = leases(queue, 1);
    assertThat(ids(leases)).containsExactly(id);
    return leases.get(0);
  }

  private void assertOpensIn(EventQueue queue, Duration duration) {
    assertThat(take(queue, 10))
        .isEqualTo(new TakeResult.NotBefore(queue.time().now().plus(duration)));
    advance(duration.minusNanos(1_000));
    assertThat(take(queue, 10)).isInstanceOf(TakeResult.NotBefore.class);
    advance(Duration.ofNanos(1_000));
  }

  @Test
  void allWindowsOfALimitHold() {
    EventQueue queue = queue(Limits.builder().limit("api", atOnce(2, 1), atOnce(3, 60)).build());
    queue.publish(backlog("a", 4));

    assertThat(takeIds(queue, 10)).containsExactly("a0", "a1");
    assertOpensIn(queue, Duration.ofSeconds(1));
    assertThat(takeIds(queue, 10)).containsExactly("a2");
    assertOpensIn(queue, Duration.ofSeconds(59));
    assertThat(takeIds(queue, 10)).containsExactly("a3");
  }

  @Test
  void aClosedKeyHoldsUpNoOther() {
    EventQueue queue = queue(ACCOUNTS);
    queue.publish(backlog("a", 5));
    queue.publish(backlog("b", 1));
    queue.publish(AuditEvent.of("free", NORMAL, "w"));

    assertThat(takeIds(queue, 10)).containsExactlyInAnyOrder("a0", "a1", "b0", "free");
    assertOpensIn(queue, Duration.ofSeconds(10));
    assertThat(takeIds(queue, 10)).containsExactly("a2", "a3");
  }

  @Test
  void anEventTakesFromAllOfItsLimitsOrFromNone() {
    Limits limits =
        Limits.builder()
            .limit("account", event -> event.attributes().get("account"), atOnce(1, 10))
            .limit("address", atOnce(3, 60))
            .build();
    EventQueue queue = queue(limits);
    queue.publish(backlog("a", 3));
    queue.publish(backlog("b", 2));

    assertThat(takeIds(queue, 10)).containsExactly("a0", "b0");
    assertThat(take(queue, 10)).isInstanceOf(TakeResult.NotBefore.class);
    assertThat(held(queue, "address", "")).as("denials cost nothing").containsExactly(2L);
    advance(Duration.ofSeconds(10));
    assertThat(takeIds(queue, 10)).as("one permit of the address is left").containsExactly("a1");
    assertThat(held(queue, "account", "b")).as("denied by the address").containsExactly(0L);
    assertOpensIn(queue, Duration.ofSeconds(50));
    assertThat(takeIds(queue, 10)).containsExactly("b1", "a2");
  }

  private static List<Long> held(EventQueue queue, String limit, String key) {
    return queue
        .namedLimitControl()
        .key(new LimitKey(limit, key))
        .map(KeyStats::held)
        .orElse(List.of(0L));
  }

  @Test
  void theQueuesOwnLimitHoldsBesideThem() {
    EventQueue queue = queue(RateLimit.of(20).perMinute(), ACCOUNTS);
    queue.publish(backlog("a", 3));

    takeOne(queue, "a0");
    assertOpensIn(queue, Duration.ofSeconds(3));
    takeOne(queue, "a1");
    assertOpensIn(queue, Duration.ofSeconds(7));
    takeOne(queue, "a2");
  }

  @Test
  void costsAreWhatThePublisherSays() {
    Limits limits =
        Limits.builder()
            .limit("weight", atOnce(10, 60))
            .cost("weight", event -> event.type().equals(OTHER) ? 6 : 3)
            .build();
    EventQueue queue = queue(limits);
    queue.publish(
        List.of(
            AuditEvent.of("o", OTHER, "w"),
            AuditEvent.of("n", NORMAL, "w"),
            AuditEvent.of("n2", NORMAL, "w")));

    assertThat(takeIds(queue, 10)).containsExactly("o", "n");
    assertThat(held(queue, "weight", "")).containsExactly(9L);
    assertOpensIn(queue, Duration.ofSeconds(60));
    assertThat(takeIds(queue, 10)).containsExactly("n2");
  }

  @Test
  void whatCouldNeverStartIsRefused() {
    Limits limits =
        Limits.builder().limit("weight", atOnce(10, 60)).cost("weight", e -> 11).build();
    EventQueue queue = queue(limits);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.publish(AuditEvent.of("dear", NORMAL, "w")))
        .withMessageContaining("dear")
        .withMessageContaining("weight")
        .withMessageContaining("11")
        .withMessageContaining("10");
    assertThat(queue.stats().published()).isZero();
  }

  @Test
  void whatALimitHasBecomeTooSmallForIsGivenUp() {
    Limits limits =
        Limits.builder()
            .limit("account", event -> event.attributes().get("account"), atOnce(10, 60))
            .cost("account", event -> 5)
            .build();
    EventQueue queue = queue(limits);
    queue.publish(backlog("a", 3));
    assertThat(takeIds(queue, 10)).containsExactly("a0", "a1");
    assertThat(take(queue, 10)).isInstanceOf(TakeResult.NotBefore.class);

    queue.namedLimitControl().set(NamedLimit.of("account", atOnce(4, 60)));

    assertThat(take(queue, 10)).isInstanceOf(TakeResult.Empty.class);
    assertThat(queue.failedQueue().page(0, 10)).hasSize(1);
    assertThat(queue.failedQueue().page(0, 10).get(0).reason()).contains("account").contains("5");
    assertConserved(queue);
  }

  @Test
  void oneTenantsBacklogDelaysAnotherByOneStart() {
    EventQueue queue = queue(RateLimit.of(1).perSecond().withBurst(1), ACCOUNTS);
    queue.namedLimitControl().set(NamedLimit.of("account", atOnce(1_000, 1)));
    queue.publish(backlog("a", 300));
    queue.publish(backlog("b", 300));
    takeOne(queue, "a0");
    queue.publish(backlog("c", 2));

    List<String> order = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      advance(Duration.ofSeconds(1));
      order.addAll(takeIds(queue, 1));
    }
    assertThat(order).containsExactly("b0", "a1", "c0", "b1", "a2", "c1");
  }

  @Test
  void flowsThatWaitForOneKeyTakeTurnsToo() {
    Limits limits =
        Limits.builder()
            .limit("tenant", event -> event.attributes().get("account"), atOnce(100, 1))
            .limit("address", atOnce(1, 1))
            .build();
    EventQueue queue = queue(limits);
    queue.publish(backlog("a", 50));
    queue.publish(backlog("b", 50));
    List<String> order = new ArrayList<>(takeIds(queue, 10));
    queue.publish(backlog("c", 1));
    for (int i = 0; i < 4; i++) {
      advance(Duration.ofSeconds(1));
      order.addAll(takeIds(queue, 10));
    }
    assertThat(order).containsExactly("a0", "b0", "a1", "c0", "b1");
  }

  @Test
  void urgentEventsGoFirstWhereverTheyWait() {
    Limits limits =
        Limits.builder()
            .limit("account", event -> event.attributes().get("account"), atOnce(1, 1))
            .build();
    EventQueue queue = queue(limits);
    queue.publish(backlog("a", 2));
    takeOne(queue, "a0");
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.NotBefore.class);
    queue.publish(AuditEvent.of("urgent", HIGH, "w").withAttribute("account", "a"));
    assertOpensIn(queue, Duration.ofSeconds(1));

    takeOne(queue, "urgent");
    assertOpensIn(queue, Duration.ofSeconds(1));
    takeOne(queue, "a1");
  }

  @Test
  void aDearEventIsNotOvertakenForEver() {
    Limits limits =
        Limits.builder()
            .limit("tenant", event -> event.attributes().get("account"), atOnce(100, 1))
            .limit("weight", atOnce(5, 1))
            .cost("weight", event -> event.type().equals(OTHER) ? 5 : 1)
            .build();
    EventQueue queue = queue(limits);
    queue.publish(backlog("a", 20));
    assertThat(takeIds(queue, 1)).containsExactly("a0");
    queue.publish(AuditEvent.of("dear", OTHER, "w").withAttribute("account", "b"));

    assertThat(takeIds(queue, 2)).containsExactly("a1");
    assertOpensIn(queue, Duration.ofSeconds(1));
    assertThat(takeIds(queue, 2)).containsExactly("dear");
  }

  @Test
  void whoWaitsBehindTheFirstOfALineIsNotLetGoWhenAnotherLeavesIt() {
    Limits limits =
        Limits.builder()
            .limit("account", event -> event.attributes().get("account"), atOnce(1, 20))
            .limit("address", event -> event.attributes().get("address"), atOnce(3, 10))
            .cost("address", AuditEvent::weight)
            .build();
    EventQueue queue = queue(limits);
    Instant begin = queue.time().now();
    queue.publish(AuditEvent.of("first", OTHER, "w").withAttribute("address", "x").withWeight(3));
    takeOne(queue, "first");
    EventType low = NORMAL.withPriority(Priority.LOW);
    queue.publish(
        List.of(
            of("a", "dear").withAttribute("address", "x").withWeight(2),
            of("b", "gone").withAttribute("address", "x"),
            AuditEvent.of("cheap", low, "w")
                .withAttribute("account", "c")
                .withAttribute("address", "x")));
    assertOpensIn(queue, Duration.ofSeconds(10));
    assertThat(takeIds(queue, 10, OTHER)).as("the address opens for the dear one").isEmpty();
    assertThat(queue.cancel("gone")).isEqualTo(Amendment.MADE);
    queue.publish(AuditEvent.of("other", OTHER, "w").withAttribute("address", "x").withWeight(2));
    assertThat(takeIds(queue, 10, OTHER)).containsExactly("other");
    queue.publish(of("d", "free"));
    assertThat(takeIds(queue, 1)).as("one permit is missing").containsExactly("free");
    queue.publish(AuditEvent.of("last", OTHER, "w").withAttribute("account", "a"));
    assertThat(takeIds(queue, 10, OTHER)).containsExactly("last");

    assertThat(take(queue, 10)).isEqualTo(new TakeResult.NotBefore(begin.plusSeconds(20)));
    advance(Duration.ofSeconds(10));
    assertThat(takeIds(queue, 10))
        .as("the dear one waits for its account")
        .containsExactly("cheap");
    advance(Duration.ofSeconds(10));
    assertThat(takeIds(queue, 10)).containsExactly("dear");
  }

  @Test
  void typesThatNobodyWantsHoldUpNoOtherKey() {
    EventQueue queue = queue(ACCOUNTS);
    queue.publish(AuditEvent.of("unknown", OTHER, "w").withAttribute("account", "a"));
    queue.publish(backlog("b", 1));

    assertThat(takeIds(queue, 10, NORMAL)).containsExactly("b0");
    assertThat(takeIds(queue, 10, OTHER)).containsExactly("unknown");
  }

  @Test
  void attemptsOfAKeyAreMadeOneAfterTheOther() {
    EventQueue queue = queue(WALLETS);
    queue.publish(
        List.of(
            AuditEvent.of("x1", NORMAL, "x"),
            AuditEvent.of("x2", NORMAL, "x"),
            AuditEvent.of("y1", NORMAL, "y")));
    AtomicInteger calls = new AtomicInteger();
    var subscription = queue.onChange(calls::incrementAndGet);

    List<Lease> first = leases(queue, 10);
    assertThat(ids(first)).containsExactly("x1", "y1");
    assertThat(take(queue, 10))
        .isEqualTo(new TakeResult.Empty(Optional.of(queue.time().now().plus(LEASE))));
    int before = calls.get();
    assertThat(queue.ack(first.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(calls).as("what waits for it may be taken").hasValueGreaterThan(before);
    assertThat(takeIds(queue, 10)).containsExactly("x2");
    assertThat(inFlight(queue, "x")).isEqualTo(1);
    subscription.close();
    assertConserved(queue);
  }

  private static int inFlight(EventQueue queue, String wallet) {
    return queue
        .namedLimitControl()
        .key(new LimitKey("wallet", wallet))
        .map(KeyStats::inFlight)
        .orElse(0);
  }

  @Test
  void everyEndOfAnAttemptLetsTheNextOneStart() {
    EventQueue queue = queue(WALLETS);
    queue.publish(
        IntStream.range(0, 5).mapToObj(i -> AuditEvent.of("x" + i, NORMAL, "x")).toList());

    Lease x0 = takeOne(queue, "x0");
    assertThat(queue.release(x0)).isEqualTo(Settlement.SETTLED);
    x0 = takeOne(queue, "x0");
    assertThat(queue.fail(x0, "broken")).isEqualTo(Settlement.SETTLED);
    Lease x1 = takeOne(queue, "x1");
    assertThat(queue.retry(x1, Duration.ofSeconds(1), "later")).isEqualTo(Settlement.SETTLED);
    Lease x2 = takeOne(queue, "x2");
    advance(Duration.ofSeconds(1));
    assertThat(queue.ack(x2)).isEqualTo(Settlement.SETTLED);
    takeOne(queue, "x1");
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Empty.class);
    advance(LEASE);
    assertThat(takeIds(queue, 5)).as("its lease expired").containsExactly("x1");
    assertThat(inFlight(queue, "x")).isEqualTo(1);
    assertConserved(queue);
  }

  @Test
  void aRetryMayKeepItsPlace() {
    Limits limits =
        Limits.builder()
            .maxInFlight("wallet", AuditEvent::walletId, 1)
            .retriesHold("wallet")
            .build();
    EventQueue queue = queue(limits);
    queue.publish(
        IntStream.range(0, 3).mapToObj(i -> AuditEvent.of("x" + i, NORMAL, "x")).toList());
    Lease x0 = takeOne(queue, "x0");
    assertThat(queue.retry(x0, Duration.ofSeconds(5), "later")).isEqualTo(Settlement.SETTLED);

    assertThat(take(queue, 1))
        .isEqualTo(new TakeResult.Empty(Optional.of(queue.time().now().plusSeconds(5))));
    assertThat(inFlight(queue, "x")).isEqualTo(1);
    advance(Duration.ofSeconds(5));
    x0 = takeOne(queue, "x0");
    assertThat(queue.retry(x0, Duration.ofSeconds(5), "later")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.clear(ClearScope.PENDING).delayed()).isEqualTo(1);
    assertThat(inFlight(queue, "x")).as("cleared").isZero();
    queue.publish(AuditEvent.of("x9", NORMAL, "x"));
    takeOne(queue, "x9");
  }

  @Test
  void oneKeyCanBePaused() {
    EventQueue queue = queue(ACCOUNTS);
    LimitKey a = new LimitKey("account", "a");
    queue.publish(backlog("a", 2));
    queue.publish(backlog("b", 1));
    queue.namedLimitControl().pause(a);
    queue.namedLimitControl().pauseFor(a, Duration.ofSeconds(1));

    assertThat(takeIds(queue, 10)).containsExactly("b0");
    assertThat(queue.namedLimitControl().key(a).orElseThrow().pause())
        .as("the longer one holds")
        .contains(Pause.untilResumed());
    assertThat(take(queue, 10)).isInstanceOf(TakeResult.Empty.class);
    queue.namedLimitControl().resume(a);
    takeOne(queue, "a0");

    queue.namedLimitControl().pauseFor(a, Duration.ofSeconds(3));
    assertOpensIn(queue, Duration.ofSeconds(3));
    takeOne(queue, "a1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.namedLimitControl().pause(new LimitKey("none", "a")));
  }

  @Test
  void aHandlerPausesItsKeyAlone() {
    EventQueue queue = queue(ACCOUNTS);
    LimitKey a = new LimitKey("account", "a");
    queue.publish(backlog("a", 2));
    queue.publish(backlog("b", 1));

    settlePausing(queue, a, takeOne(queue, "a0"));
    takeOne(queue, "b0");
    assertOpensIn(queue, Duration.ofSeconds(3));
    Lease again = takeOne(queue, "a0");
    assertThat(again.attempt()).as("the attempt did not count").isEqualTo(1);

    LimitKey unknown = new LimitKey("none", "a");
    assertThat(settlePausing(queue, unknown, again)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.stats().delayed()).as("it waits alone").isEqualTo(1);
  }

  @CanIgnoreReturnValue
  private static Settlement settlePausing(EventQueue queue, LimitKey key, Lease lease) {
    Duration pause = Duration.ofSeconds(3);
    Failure banned = Failure.pauseKey(key, pause, new IllegalStateException("banned"));
    return new AttemptOutcome.Throttled(pause, banned).settle(queue, lease);
  }

  @Test
  void aLimitIsChangedAtRunTime() {
    EventQueue queue = queue(ACCOUNTS);
    queue.publish(backlog("a", 6));
    assertThat(takeIds(queue, 10)).containsExactly("a0", "a1");
    assertThat(take(queue, 10)).isInstanceOf(TakeResult.NotBefore.class);

    queue.namedLimitControl().set(NamedLimit.of("account", atOnce(4, 10)));
    assertThat(takeIds(queue, 10)).as("raised").containsExactly("a2", "a3");
    queue.namedLimitControl().set(NamedLimit.of("account", atOnce(1, 20)));
    assertOpensIn(queue, Duration.ofSeconds(20));
    assertThat(takeIds(queue, 10)).as("lowered, and longer").containsExactly("a4");
    assertThat(queue.namedLimitControl().limits())
        .containsExactly(NamedLimit.of("account", atOnce(1, 20)));
  }

  private static List<RateLimit> windows(RateLimit... windows) {
    return List.of(windows);
  }

  @Test
  void oneKeyMayHaveWindowsOfItsOwn() {
    EventQueue queue = queue(ACCOUNTS);
    NamedLimitControl control = queue.namedLimitControl();
    KeyPattern a = new KeyPattern("account", "a");
    queue.publish(backlog("a", 9));
    queue.publish(backlog("b", 3));
    assertThat(takeIds(queue, 10)).containsExactly("a0", "b0", "a1", "b1");
    assertThat(take(queue, 10))
        .as("a backlog stands aside")
        .isNotInstanceOf(TakeResult.Taken.class);

    control.override(a, windows(atOnce(4, 10)));
    assertThat(takeIds(queue, 10)).as("two were started before").containsExactly("a2", "a3");
    assertThat(control.key(new LimitKey("account", "a")).orElseThrow().held()).containsExactly(4L);
    control.override(a, windows(atOnce(1, 10)));
    assertOpensIn(queue, Duration.ofSeconds(10));
    assertThat(takeIds(queue, 10)).as("lowered").containsExactlyInAnyOrder("b2", "a4");
    control.removeOverride(a);
    assertThat(takeIds(queue, 10)).as("as the limit says").containsExactly("a5");
    assertOpensIn(queue, Duration.ofSeconds(10));
    assertThat(takeIds(queue, 10)).containsExactly("a6", "a7");
    assertConserved(queue);
  }

  @Test
  void theMostPreciseOverrideCounts() {
    EventQueue queue = queue(ACCOUNTS);
    NamedLimitControl control = queue.namedLimitControl();
    control.override(new KeyPattern("account", "vip-1"), windows(atOnce(3, 10)));
    control.override(new KeyPattern("account", "*"), windows(atOnce(6, 10)));
    control.override(new KeyPattern("account", "v*"), windows(atOnce(5, 10)));
    control.override(new KeyPattern("account", "vip-*"), windows(atOnce(4, 10)));
    for (String key : List.of("vip-1", "vip-2", "v", "other")) {
      queue.publish(IntStream.range(0, 9).mapToObj(i -> of(key, key + ":" + i)).toList());
    }

    List<String> taken = takeIds(queue, 40);
    assertThat(taken).filteredOn(id -> id.startsWith("vip-1")).hasSize(3);
    assertThat(taken).filteredOn(id -> id.startsWith("vip-2")).hasSize(4);
    assertThat(taken).filteredOn(id -> id.startsWith("v:")).hasSize(5);
    assertThat(taken).filteredOn(id -> id.startsWith("other")).hasSize(6);
    assertThat(control.settings("account").orElseThrow().overrides())
        .extracting(override -> override.keys().pattern())
        .containsExactly("vip-1", "vip-*", "v*", "*");
    assertThat(control.settings("none")).isEmpty();
    control.removeOverride(new KeyPattern("account", "v*"));
    control.removeOverride(new KeyPattern("account", "v*"));
    assertThat(control.settings("account").orElseThrow().overrides()).hasSize(3);
  }

  @Test
  void ofEquallyPreciseOverridesTheLastOneSetCounts() {
    EventQueue queue = queue(ACCOUNTS);
    queue.namedLimitControl().override(new KeyPattern("account", "a*"), windows(atOnce(3, 10)));
    queue.namedLimitControl().override(new KeyPattern("account", "*b"), windows(atOnce(4, 10)));
    queue.publish(backlog("ab", 9));

    assertThat(takeIds(queue, 10)).hasSize(4);
    queue.namedLimitControl().override(new KeyPattern("account", "a*"), windows(atOnce(5, 10)));
    assertThat(takeIds(queue, 10)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "a*b", "\\", "%2A", "\u00e9A9", "\u6f22 +=|~{}"})
  void patternsMeanWhatTheySay(String key) {
    EventQueue queue = queue(ACCOUNTS);
    NamedLimitControl control = queue.namedLimitControl();
    KeyPattern exact = KeyPattern.of(new LimitKey("account", key));
    control.override(exact, windows(atOnce(1, 10)));
    control.override(new KeyPattern("account", "*A9*x"), windows(atOnce(9, 10)));
    for (String other : List.of(key, "axb", "\u00e9", "9A9..x", "A9")) {
      queue.publish(IntStream.range(0, 5).mapToObj(i -> of(other, other + "#" + i)).toList());
    }

    List<String> taken = takeIds(queue, 30);
    assertThat(taken).filteredOn(id -> id.startsWith(key + "#")).hasSize(1);
    assertThat(taken).filteredOn(id -> id.startsWith("axb#")).hasSize(2);
    assertThat(taken).filteredOn(id -> id.startsWith("\u00e9#")).hasSize(2);
    assertThat(taken).filteredOn(id -> id.startsWith("9A9..x#")).hasSize(5);
    assertThat(taken).filteredOn(id -> id.startsWith("A9#")).hasSize(2);
    assertThat(control.settings("account").orElseThrow().overrides().get(0).keys())
        .isEqualTo(exact);
    assertThat(exact.key()).contains(new LimitKey("account", key));
  }

  @Test
  void overridesAreBounded() {
    NamedLimitControl control = queue(ACCOUNTS).namedLimitControl();
    for (int i = 0; i < NamedLimitSettings.MAX_OVERRIDES; i++) {
      control.override(new KeyPattern("account", "a" + i), windows(atOnce(1, 10)));
    }
    control.override(new KeyPattern("account", "a0"), windows(atOnce(2, 10)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> control.override(KeyPattern.all("account"), windows(atOnce(1, 10))))
        .withMessageContaining("account")
        .withMessageContaining("100")
        .withMessageContaining("remove one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> control.override(KeyPattern.all("none"), windows(atOnce(1, 10))))
        .withMessageContaining("none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> control.removeOverride(KeyPattern.all("none")));
  }

  @Test
  void anOverrideAdmitsWhatTheLimitDoesNotAndNotTheOtherWayRound() {
    Limits limits =
        Limits.builder()
            .limit("account", event -> event.attributes().get("account"), atOnce(10, 60))
            .cost("account", AuditEvent::weight)
            .build();
    EventQueue queue = queue(limits);
    queue.namedLimitControl().override(new KeyPattern("account", "vip"), windows(atOnce(20, 60)));
    queue.namedLimitControl().override(new KeyPattern("account", "low"), windows(atOnce(5, 60)));

    queue.publish(of("vip", "vip").withWeight(15));
    queue.publish(of("low", "low").withWeight(8));
    queue.publish(of("other", "other").withWeight(12));
    assertThat(takeIds(queue, 10)).containsExactly("vip");
    assertThat(queue.failedQueue().page(0, 10))
        .extracting(failed -> failed.event().id())
        .containsExactlyInAnyOrder("low", "other");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.publish(of("vip", "dear").withWeight(21)));
    assertConserved(queue);
  }

  @Test
  void whatIsForgottenCountsInALongerOverride() {
    EventQueue queue = queue(ACCOUNTS);
    NamedLimitControl control = queue.namedLimitControl();
    queue.publish(backlog("a", 9));
    queue.publish(backlog("b", 3));
    assertThat(takeIds(queue, 4)).containsExactly("a0", "b0", "a1", "b1");
    advance(Duration.ofSeconds(11));

    control.override(new KeyPattern("account", "a"), windows(atOnce(5, 60)));
    assertThat(takeIds(queue, 10)).as("others are as before").containsExactly("b2");
    assertOpensIn(queue, Duration.ofSeconds(50));
    assertThat(takeIds(queue, 10)).containsExactly("a2", "a3", "a4", "a5", "a6");
    advance(Duration.ofSeconds(11));
    control.removeOverride(new KeyPattern("account", "a"));
    assertThat(takeIds(queue, 10)).containsExactly("a7", "a8");
    control.override(new KeyPattern("account", "a"), windows(atOnce(8, 60)));
    queue.publish(List.of(of("a", "a9"), of("a", "a10")));
    assertOpensIn(queue, Duration.ofSeconds(50));
    assertThat(takeIds(queue, 10)).as("five were forgotten").containsExactly("a9", "a10");
  }

  private static final Limits RAISABLE =
      Limits.builder()
          .limit(
              "account", event -> event.attributes().get("account"), atOnce(2, 10), atOnce(9, 60))
          .ceiling("account", atOnce(4, 10))
          .build();

  @Test
  void aDemandRaisesAWindowUpToItsCeiling() {
    EventQueue queue = queue(RAISABLE);
    NamedLimitControl control = queue.namedLimitControl();
    KeyPattern all = KeyPattern.all("account");
    queue.publish(backlog("a", 20));
    assertThat(takeIds(queue, 10)).containsExactly("a0", "a1");
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.NotBefore.class);

    control.demand(all, "one", windows(atOnce(3, 10), atOnce(99, 60)), Duration.ofSeconds(30));
    assertThat(takeIds(queue, 10)).containsExactly("a2");
    control.demand(all, "two", windows(atOnce(100, 10)), Duration.ofSeconds(15));
    assertThat(takeIds(queue, 10)).as("no more than the ceiling").containsExactly("a3");
    NamedLimitSettings settings = control.settings("account").orElseThrow();
    assertThat(settings.inForce("a", queue.time().now()))
        .as("without a ceiling nothing is raised")
        .containsExactly(atOnce(4, 10), atOnce(9, 60));
    assertThat(settings.demands()).hasSize(2);
    control.endDemand(all, "two");
    assertOpensIn(queue, Duration.ofSeconds(10));
    assertThat(takeIds(queue, 10)).as("the other one is there").containsExactly("a4", "a5", "a6");
    assertOpensIn(queue, Duration.ofSeconds(10));
    assertThat(takeIds(queue, 10)).containsExactly("a7", "a8");
    assertThat(take(queue, 10))
        .as("the minute is full, whatever is demanded; looked at when the demand lapses")
        .isEqualTo(new TakeResult.NotBefore(queue.time().now().plusSeconds(10)));
    advance(Duration.ofSeconds(40));
    assertThat(takeIds(queue, 10)).as("it lapsed").containsExactly("a9", "a10");
    assertConserved(queue);
  }

  @Test
  void aDemandMayBeForOneKey() {
    EventQueue queue = queue(RAISABLE);
    KeyPattern a = new KeyPattern("account", "a");
    queue.namedLimitControl().demand(a, "owner", windows(atOnce(4, 10)), Duration.ofSeconds(5));
    queue.publish(backlog("a", 5));
    queue.publish(backlog("b", 5));

    assertThat(takeIds(queue, 20)).containsExactlyInAnyOrder("a0", "a1", "a2", "a3", "b0", "b1");
    queue.namedLimitControl().endDemand(KeyPattern.all("account"), "owner");
    queue.namedLimitControl().endDemand(a, "nobody");
    assertThat(queue.namedLimitControl().settings("account").orElseThrow().demands())
        .as("of other keys, and of another owner")
        .hasSize(1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                queue
                    .namedLimitControl()
                    .demand(
                        KeyPattern.all("none"), "o", windows(atOnce(1, 1)), Duration.ofSeconds(1)))
        .withMessageContaining("none");
  }

  @Test
  void aRenewedDemandIsHeardOfByWhatStandsAside() {
    EventQueue queue = queue(RAISABLE);
    KeyPattern all = KeyPattern.all("account");
    List<RateLimit> three = windows(atOnce(3, 10));
    queue.namedLimitControl().demand(all, "owner", three, Duration.ofSeconds(5));
    queue.publish(backlog("a", 9));
    assertThat(takeIds(queue, 10)).hasSize(3);
    assertThat(take(queue, 10)).isInstanceOf(TakeResult.NotBefore.class);
    advance(Duration.ofSeconds(4));
    queue.namedLimitControl().demand(all, "owner", three, Duration.ofSeconds(20));

    advance(Duration.ofSeconds(6));
    assertThat(takeIds(queue, 10)).as("raised as before").hasSize(3);
  }

  @Test
  void whatIsForgottenCountsInALongerWindow() {
    EventQueue queue = queue(ACCOUNTS);
    queue.publish(backlog("a", 3));
    assertThat(takeIds(queue, 2)).hasSize(2);
    advance(Duration.ofSeconds(11));
    assertThat(queue.namedLimitControl().key(new LimitKey("account", "a"))).isEmpty();
    queue.publish(backlog("b", 1));
    takeIds(queue, 2);
    advance(Duration.ofSeconds(11));
    takeIds(queue, 1);

    queue.namedLimitControl().set(NamedLimit.of("account", atOnce(2, 60)));
    queue.publish(backlog("c", 1));

    assertThat(take(queue, 1)).isInstanceOf(TakeResult.NotBefore.class);
  }

  @Test
  void keysAreListedInPages() {
    EventQueue queue = queue(ACCOUNTS);
    List<String> keys = List.of("", " ", "%", "+", "a", "a b", "a=b|c}", "\u00fc", "\u6f22{}");
    for (String key : keys) {
      queue.publish(of(key, "event of " + key));
    }
    assertThat(takeIds(queue, 20)).hasSize(keys.size());

    List<String> found = new ArrayList<>();
    Optional<String> after = Optional.empty();
    List<KeyStats> page;
    do {
      page = queue.namedLimitControl().keys("account", after, 2);
      page.forEach(stats -> found.add(stats.key().key()));
      after = page.isEmpty() ? after : Optional.of(page.get(page.size() - 1).key().key());
    } while (!page.isEmpty());
    assertThat(found).containsExactlyInAnyOrderElementsOf(keys);
    advance(Duration.ofSeconds(10));
    assertThat(queue.namedLimitControl().keys("account", Optional.empty(), 10)).isEmpty();
    assertThat(queue.namedLimitControl().keys("none", Optional.empty(), 10)).isEmpty();
  }

  @Test
  void chargedEventsAreSeenAndCleared() {
    EventQueue queue = queue(ACCOUNTS);
    queue.publish(backlog("a", 4));
    queue.publish(AuditEvent.of("free", NORMAL, "w"));
    assertThat(takeIds(queue, 3)).containsExactly("free", "a0", "a1");
    assertThat(take(queue, 3)).isInstanceOf(TakeResult.NotBefore.class);
    queue.publish(backlog("b", 1));

    List<QueuedEvent> seen = queue.peek(Priority.NORMAL, 0, 10);
    assertThat(seen).extracting(event -> event.event().id()).containsExactly("a2", "a3", "b0");
    assertThat(queue.peek(Priority.NORMAL, seen.get(0).sequence(), 1)).containsExactly(seen.get(1));
    QueueStats stats = queue.stats();
    assertThat(stats.pending()).isEqualTo(3);
    assertThat(stats.pendingByType()).containsEntry(NORMAL, 3L);
    assertThat(queue.clear(ClearScope.PENDING).pending()).isEqualTo(3);
    assertThat(queue.stats().pending()).isZero();
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Empty.class);
    queue.publish(backlog("c", 1));
    takeOne(queue, "c0");
    assertConserved(queue);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x y", "a=b", "pipe|brace}", "%41+", "\u6f22", "-", "0:1:T", "{x}:meta"})
  void namesAndKeysMayBeAnything(String hostile) {
    Limits limits =
        Limits.builder()
            .limit(hostile, AuditEvent::walletId, atOnce(1, 10))
            .limit("twin", AuditEvent::walletId, atOnce(5, 10))
            .build();
    EventQueue queue = queue(limits);
    queue.publish(List.of(AuditEvent.of("1", NORMAL, hostile), AuditEvent.of("2", NORMAL, "w")));
    queue.publish(AuditEvent.of("3", NORMAL, hostile));

    assertThat(takeIds(queue, 5)).containsExactly("1", "2");
    assertThat(held(queue, hostile, hostile)).containsExactly(1L);
    assertThat(held(queue, "twin", hostile)).containsExactly(1L);
    assertOpensIn(queue, Duration.ofSeconds(10));
    assertThat(takeIds(queue, 5)).containsExactly("3");
  }

  private static void assertConserved(EventQueue queue) {
    assertThat(queue.stats().isConserved()).as("%s", queue.stats()).isTrue();
  }

  /** Random operations, judged by what the queue handed out. */
  @Test
  void noWindowIsEverOverAndNothingIsLost() {
    seeds().forEach(seed -> new Life(seed).run());
  }

  /** A random life of a queue with a limit per account, one per wallet and one for all. */
  private final class Life {
    private final Random random;
    private final String name;
    private final EventQueue queue;
    private final Limits limits;
    private final Map<String, NamedLimitSettings> set = new HashMap<>();
    private final Map<LimitKey, List<Started>> starts = new HashMap<>();
    private final Map<LimitKey, Integer> inFlight = new HashMap<>();
    private final List<Lease> held = new ArrayList<>();
    private int published;

    private record Started(Instant at, int cost, List<RateLimit> windows) {}

    Life(long seed) {
      this.random = new Random(seed);
      this.name = "seed " + seed;
      this.limits =
          Limits.builder()
              .limit("account", event -> event.attributes().get("account"), windows())
              .limit("all", windows())
              .cost("all", AuditEvent::weight)
              .maxInFlight("wallet", AuditEvent::walletId, 1 + random.nextInt(2))
              .build();
      this.queue = queue(limits);
      limits.declared().forEach(limit -> set.put(limit.name(), settings(limit.name())));
    }

    private NamedLimitSettings settings(String limit) {
      return queue.namedLimitControl().settings(limit).orElseThrow();
    }

    private RateLimit[] windows() {
      return IntStream.rangeClosed(1, 1 + random.nextInt(3))
          .mapToObj(n -> window(n * n))
          .toArray(RateLimit[]::new);
    }

    private RateLimit window(int millis) {
      RateLimit limit = RateLimit.of(3 + random.nextInt(5)).per(Duration.ofMillis(10L * millis));
      return limit.withBurst(random.nextBoolean() ? 1 : limit.permits());
    }

    void run() {
      for (int step = 0; step < 150; step++) {
        switch (random.nextInt(10)) {
          case 0, 1 -> publish();
          case 2, 3, 4, 5 -> take();
          case 6, 7 -> settle();
          case 8 -> advance(Duration.ofNanos(random.nextInt(20_000) * 1_000L));
          default -> change();
        }
        assertConserved(queue);
      }
      drain();
    }

    private void publish() {
      List<AuditEvent> events = new ArrayList<>();
      for (int n = random.nextInt(6); n >= 0; n--) {
        EventType type = List.of(NORMAL, OTHER, HIGH).get(random.nextInt(3));
        AuditEvent event =
            AuditEvent.of("event-" + published, type, "w" + random.nextInt(4))
                .withWeight(1 + random.nextInt(3));
        published++;
        events.add(
            random.nextInt(4) == 0
                ? event
                : event.withAttribute("account", "a" + random.nextInt(4)));
      }
      assertThat(queue.publish(events).accepted()).isEqualTo(events.size());
    }

    private void take() {
      TakeResult result = NamedLimitsContract.this.take(queue, 1 + random.nextInt(4));
      if (result instanceof TakeResult.Taken taken) {
        taken.leases().forEach(this::started);
      } else if (result instanceof TakeResult.NotBefore later && random.nextBoolean()) {
        advance(Duration.between(queue.time().now(), later.at()));
      }
    }

    private void started(Lease lease) {
      held.add(lease);
      for (Charge charge : limits.charges(lease.event())) {
        NamedLimitSettings settings = requireNonNull(set.get(charge.key().limit()));
        List<RateLimit> inForce = settings.inForce(charge.key().key(), lease.takenAt());
        starts
            .computeIfAbsent(charge.key(), absent -> new ArrayList<>())
            .add(new Started(lease.takenAt(), charge.cost(), inForce));
        int busy = inFlight.merge(charge.key(), 1, Integer::sum);
        assertThat(busy)
            .as("%s in flight of %s", name, charge.key())
            .isLessThanOrEqualTo(settings.limit().maxInFlight().orElse(Integer.MAX_VALUE));
        assertWindows(charge.key());
      }
    }

    private void assertWindows(LimitKey key) {
      List<Started> all = requireNonNull(starts.get(key));
      Started last = all.get(all.size() - 1);
      for (RateLimit window : last.windows) {
        Instant from = last.at.minus(window.window());
        long cost =
            all.stream().filter(start -> start.at.isAfter(from)).mapToInt(Started::cost).sum();
        assertThat(cost)
            .as("%s %s in %s: %s", name, key, window, all)
            .isLessThanOrEqualTo(window.permits());
      }
    }

    private void settle() {
      if (held.isEmpty()) {
        return;
      }
      Lease lease = held.remove(random.nextInt(held.size()));
      Settlement settled =
          switch (random.nextInt(4)) {
            case 0 -> queue.retry(lease, Duration.ofMillis(random.nextInt(30)), "again");
            case 1 -> queue.release(lease);
            default -> queue.ack(lease);
          };
      assertThat(settled).isEqualTo(Settlement.SETTLED);
      limits.charges(lease.event()).forEach(c -> inFlight.merge(c.key(), -1, Integer::sum));
    }

    private void change() {
      LimitKey key = new LimitKey("account", "a" + random.nextInt(4));
      NamedLimitControl control = queue.namedLimitControl();
      switch (random.nextInt(9)) {
        case 0 -> {
          NamedLimit limit = NamedLimit.of("account", windows());
          control.set(random.nextBoolean() ? limit : limit.withCeiling(raised(limit)));
        }
        case 1 -> control.pauseFor(key, Duration.ofMillis(1 + random.nextInt(20)));
        case 2 -> control.pause(key);
        case 3, 4 -> control.override(pattern(), List.of(windows()));
        case 5 -> control.removeOverride(pattern());
        case 6, 7 ->
            control.demand(
                pattern(),
                "owner " + random.nextInt(2),
                List.of(raised(settings("account").limit())),
                Duration.ofMillis(1 + random.nextInt(40)));
        default -> control.resume(key);
      }
      set.put("account", settings("account"));
    }

    private KeyPattern pattern() {
      return new KeyPattern("account", List.of("*", "a0", "a1", "*2", "a*").get(random.nextInt(5)));
    }

    /** Raises limits; each keeps at least as many permits as an event may cost. */
    private RateLimit[] raised(NamedLimit limit) {
      return limit.windows().stream()
          .map(
              window -> {
                int permits = window.permits() + random.nextInt(6);
                return RateLimit.of(permits)
                    .per(window.period())
                    .withBurst(random.nextBoolean() ? 1 : permits);
              })
          .toArray(RateLimit[]::new);
    }

    /** Takes everything that is left, as soon as the answers allow. */
    private void drain() {
      for (int i = 0; i < 4; i++) {
        queue.namedLimitControl().resume(new LimitKey("account", "a" + i));
      }
      for (int n = 0; queue.stats().unfinished() > 0; n++) {
        assertThat(n).as("%s stands still: %s", name, queue.stats()).isLessThan(5_000);
        for (Lease lease : List.copyOf(held)) {
          held.remove(lease);
          limits.charges(lease.event()).forEach(c -> inFlight.merge(c.key(), -1, Integer::sum));
          assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
        }
        TakeResult result = NamedLimitsContract.this.take(queue, 5);
        if (result instanceof TakeResult.Taken taken) {
          taken.leases().forEach(this::started);
        } else if (result instanceof TakeResult.NotBefore later) {
          Duration wait = Duration.between(queue.time().now(), later.at());
          assertThat(wait).as(name).isPositive();
          advance(wait);
        } else if (result instanceof TakeResult.Empty empty && empty.nextDue().isPresent()) {
          advance(Duration.between(queue.time().now(), empty.nextDue().get()));
        }
      }
      assertThat(queue.stats().failed()).isZero();
      assertThat(queue.stats().done()).isEqualTo(published);
    }
  }

  private static final Limits WEIGHTS =
      Limits.builder()
          .limit("weight", atOnce(10, 10), atOnce(25, 60))
          .limit("account", event -> event.attributes().get("account"), atOnce(4, 10))
          .cost("weight", event -> 5)
          .build();
  private static final LimitKey WEIGHT = new LimitKey("weight", "");

  private static long held(EventQueue queue, LimitKey key) {
    return queue.namedLimitControl().key(key).orElseThrow().held().get(0);
  }

  private static Costs.Usage weightUsed(int used) {
    return new Costs.Usage("weight", Duration.ofSeconds(10), used);
  }

  @Test
  void aCostThatIsKnownAfterwardsCountsAtTheTimeOfTheStart() {
    EventQueue queue = queue(WEIGHTS);
    queue.publish(backlog("a", 3));
    Lease first = takeOne(queue, "a0");
    advance(Duration.ofSeconds(4));
    Lease second = takeOne(queue, "a1");
    Instant begin = first.takenAt();
    assertThat(take(queue, 1)).isEqualTo(new TakeResult.NotBefore(begin.plusSeconds(10)));

    assertThat(queue.correct(second, Costs.asReserved().with("weight", 8)))
        .isEqualTo(
            new CorrectionReceipt(
                Settlement.SETTLED,
                3,
                0,
                0,
                List.of(
                    new CorrectionReceipt.Overrun(
                        Optional.of(WEIGHT), new Corrected.Overrun(atOnce(10, 10), 3)))));
    assertThat(held(queue, WEIGHT)).isEqualTo(13);
    assertThat(take(queue, 1)).isEqualTo(new TakeResult.NotBefore(begin.plusSeconds(14)));
    advance(Duration.ofSeconds(10));
    takeOne(queue, "a2");
    assertThat(queue.stats().corrections())
        .isEqualTo(new QueueStats.Corrections(3, 0, 1, Optional.of(begin.plusSeconds(4))));
  }

  @Test
  void whatIsGivenBackLetsOthersStart() {
    EventQueue queue = queue(WEIGHTS);
    queue.publish(backlog("a", 3));
    List<Lease> leases = leases(queue, 3);
    assertThat(ids(leases)).containsExactly("a0", "a1");
    AtomicInteger told = new AtomicInteger();
    Subscription subscription = queue.onChange(told::incrementAndGet);
    try (subscription) {
      Costs cheap = Costs.asReserved().with("weight", 1);
      assertThat(queue.correct(leases.get(0), cheap))
          .isEqualTo(new CorrectionReceipt(Settlement.SETTLED, 0, 4, 0, List.of()));
      assertThat(takeIds(queue, 1)).as("a permit is missing").isEmpty();
      assertThat(queue.correct(leases.get(0), cheap))
          .as("a total, sent again")
          .isEqualTo(new CorrectionReceipt(Settlement.SETTLED, 0, 0, 0, List.of()));

      queue.correct(leases.get(1), Costs.asReserved().with("weight", 0));

      assertThat(told.get()).isPositive();
    }
    takeOne(queue, "a2");
    assertThat(held(queue, WEIGHT)).isEqualTo(6);
  }

  @Test
  void whatCannotBeCorrectedIsDropped() {
    EventQueue queue = queue(WEIGHTS);
    queue.publish(List.of(AuditEvent.of("none", NORMAL, "w"), of("a", "a0")));
    Lease none = takeOne(queue, "none");
    Lease settled = takeOne(queue, "a0");
    CorrectionReceipt dropped = new CorrectionReceipt(Settlement.SETTLED, 0, 0, 1, List.of());

    assertThat(queue.correct(none, Costs.asReserved().with("account", 2)))
        .as("it paid nothing there")
        .isEqualTo(dropped);
    assertThat(queue.correct(none, Costs.asReserved().with("unknown", 2))).isEqualTo(dropped);
    assertThat(queue.ack(settled)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.correct(settled, Costs.asReserved().with("weight", 9)))
        .isEqualTo(CorrectionReceipt.staleLease());
    advance(Duration.ofSeconds(60));
    assertThat(queue.correct(none, Costs.asReserved().with("weight", 9)))
        .as("it has left every window")
        .isEqualTo(dropped);
    assertThat(queue.stats().corrections()).isEqualTo(QueueStats.Corrections.NONE);
  }

  @Test
  void theQueuesOwnLimitIsCorrected() {
    EventQueue queue = queue(atOnce(10, 10), Limits.none());
    queue.publish(
        List.of(
            AuditEvent.of("a", NORMAL, "w").withWeight(6),
            AuditEvent.of("b", NORMAL, "w").withWeight(6)));
    Lease first = takeOne(queue, "a");
    assertThat(take(queue, 1)).isEqualTo(new TakeResult.NotBefore(first.takenAt().plusSeconds(10)));

    queue.correct(first, Costs.asReserved().withPermits(4));
    assertThat(queue.stats().startsInWindow()).isEqualTo(4);
    Lease second = takeOne(queue, "b");
    CorrectionReceipt receipt = queue.correct(second, Costs.asReserved().withPermits(9));

    assertThat(receipt.overruns())
        .containsExactly(
            new CorrectionReceipt.Overrun(
                Optional.empty(), new Corrected.Overrun(atOnce(10, 10), 3)));
    assertThat(queue.stats().largestWindowSince(first.takenAt())).isEqualTo(13);
  }

  @Test
  void aRetryPaysAnewAndTheCorrectionOfTheAttemptStays() {
    EventQueue queue = queue(WEIGHTS);
    queue.publish(of("a", "a0"));
    Lease first = takeOne(queue, "a0");
    queue.correct(first, Costs.asReserved().with("weight", 2));
    assertThat(queue.retry(first, Duration.ZERO, "because")).isEqualTo(Settlement.SETTLED);

    Lease second = takeOne(queue, "a0");
    assertThat(held(queue, WEIGHT)).isEqualTo(7);
    queue.correct(second, Costs.asReserved().with("weight", 4));
    assertThat(held(queue, WEIGHT)).isEqualTo(6);
  }

  @Test
  void whatAnApiCountsAsUsedIsDebitedAndNeverGivenBack() {
    EventQueue queue = queue(WEIGHTS);
    queue.publish(backlog("a", 2));
    Lease first = takeOne(queue, "a0");

    assertThat(queue.correct(first, Costs.asReserved().with(weightUsed(3))))
        .as("less than is counted here")
        .isEqualTo(new CorrectionReceipt(Settlement.SETTLED, 0, 0, 0, List.of()));
    assertThat(queue.correct(first, Costs.asReserved().with(weightUsed(9))).debited()).isEqualTo(4);
    assertThat(queue.correct(first, Costs.asReserved().with(weightUsed(9))).debited()).isZero();

    assertThat(take(queue, 1)).isEqualTo(new TakeResult.NotBefore(first.takenAt().plusSeconds(10)));
    assertThat(held(queue, WEIGHT)).isEqualTo(9);
    assertThat(queue.correct(first, Costs.asReserved().with(new Costs.Usage("weight", LEASE, 9))))
        .as("no window of this period")
        .isEqualTo(new CorrectionReceipt(Settlement.SETTLED, 0, 0, 0, List.of()));
  }

  @Test
  void reportsOfAttemptsThatOverlapCountOnce() {
    EventQueue queue = queue(WEIGHTS);
    queue.publish(backlog("a", 2));
    Lease first = takeOne(queue, "a0");
    advance(Duration.ofSeconds(1));
    Lease second = takeOne(queue, "a1");

    assertThat(queue.correct(second, Costs.asReserved().with(weightUsed(17))).debited())
        .isEqualTo(7);
    assertThat(queue.correct(first, Costs.asReserved().with(weightUsed(16))).debited()).isZero();
    assertThat(queue.correct(first, Costs.asReserved().with(weightUsed(18))).debited())
        .isEqualTo(1);
  }
}
