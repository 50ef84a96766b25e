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
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.ClearScope;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.KeyStats;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.Subscription;
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
import java.util.OptionalInt;
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
 * What every {@link EventQueue} must do about {@link Limits}. Subclass it for an implementation,
 * and give it queues whose time stands still unless it is advanced.
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

  /** A new, empty queue under these limits, which nothing was ever started in. */
  protected abstract EventQueue createQueue(RateLimit limit, Limits limits);

  /** Lets a time pass in all queues of this test; a multiple of a microsecond. */
  protected abstract void advance(Duration duration);

  /** The seeds of the random tests; fewer where each step is slow. */
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
    assertThat(takeIds(queue, 5)).as("its lease ran out").containsExactly("x1");
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

  /** Random lives, judged by what was handed out. */
  @Test
  void noWindowIsEverOverAndNothingIsLost() {
    seeds().forEach(seed -> new Life(seed).run());
  }

  /** A random life of a queue with a bound by account, one by wallet and one for all. */
  private final class Life {
    private final Random random;
    private final String name;
    private final EventQueue queue;
    private final Limits limits;
    private final Map<String, NamedLimit> set = new HashMap<>();
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
      limits.declared().forEach(limit -> set.put(limit.name(), limit));
      this.queue = queue(limits);
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
        NamedLimit limit = requireNonNull(set.get(charge.key().limit()));
        starts
            .computeIfAbsent(charge.key(), absent -> new ArrayList<>())
            .add(new Started(lease.takenAt(), charge.cost(), limit.windows()));
        int busy = inFlight.merge(charge.key(), 1, Integer::sum);
        assertThat(busy)
            .as("%s in flight of %s", name, charge.key())
            .isLessThanOrEqualTo(limit.maxInFlight().orElse(Integer.MAX_VALUE));
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
      switch (random.nextInt(4)) {
        case 0 -> {
          NamedLimit limit =
              new NamedLimit("account", List.of(windows()), OptionalInt.empty(), false);
          set.put("account", limit);
          queue.namedLimitControl().set(limit);
        }
        case 1 ->
            queue.namedLimitControl().pauseFor(key, Duration.ofMillis(1 + random.nextInt(20)));
        case 2 -> queue.namedLimitControl().pause(key);
        default -> queue.namedLimitControl().resume(key);
      }
    }

    /** All that is left can be had, as soon as the answers say. */
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
    try (Subscription unused = queue.onChange(told::incrementAndGet)) {
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
    queue.ack(settled);
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
    queue.retry(first, Duration.ZERO, "because");

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
