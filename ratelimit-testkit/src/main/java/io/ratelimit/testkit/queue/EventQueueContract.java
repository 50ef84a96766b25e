package io.ratelimit.testkit.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.tuple;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedEvent.PastAttempt;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.core.queue.FailedQueue.RedriveReceipt;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.scaling.TypeHistory;
import io.ratelimit.core.scaling.TypeHistory.ProcessingTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests what every {@link EventQueue} must do. Subclass it for an implementation, and provide
 * queues whose time stands still unless it is advanced.
 */
public abstract class EventQueueContract {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final RateLimit PACED = RateLimit.of(20).perMinute();
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final EventType NORMAL = EventType.of("NORMAL");
  private static final EventType LOW = EventType.of("LOW").withPriority(Priority.LOW);
  private static final EventType HIGH = EventType.REBALANCE_NEEDED;
  private static final WantedTypes ONLY_NORMAL = WantedTypes.named(Set.of(NORMAL.name()));
  private static final WantedTypes ONLY_HIGH = WantedTypes.named(Set.of(HIGH.name()));

  private final List<EventQueue> queues = new ArrayList<>();
  private int requests;

  /** Creates the contract. */
  protected EventQueueContract() {}

  /** Returns a new, empty queue under this limit, without any earlier starts. */
  protected abstract EventQueue createQueue(RateLimit limit, Optional<Duration> aging);

  /** Lets time pass in all queues of this test, by a multiple of a microsecond. */
  protected abstract void advance(Duration duration);

  /** Returns the seeds of the random tests; fewer if each step is slow. */
  protected LongStream seeds() {
    return LongStream.range(0, 200);
  }

  private EventQueue queue(RateLimit limit) {
    EventQueue queue = createQueue(limit, Optional.empty());
    queues.add(queue);
    return queue;
  }

  /** Closes the test's queues. */
  @AfterEach
  protected void closeQueues() {
    queues.forEach(EventQueue::close);
  }

  private static AuditEvent event(String id, EventType type) {
    return AuditEvent.of(id, type, "wallet-" + id);
  }

  private static AuditEvent event(String id) {
    return event(id, NORMAL);
  }

  private String nextRequest() {
    requests++;
    return "request-" + requests;
  }

  private TakeResult take(EventQueue queue, int max) {
    return queue.take(new TakeRequest(nextRequest(), "worker", max, LEASE));
  }

  @CanIgnoreReturnValue
  private Lease takeOne(EventQueue queue) {
    TakeResult result = take(queue, 1);
    assertThat(result).isInstanceOf(TakeResult.Taken.class);
    List<Lease> leases = ((TakeResult.Taken) result).leases();
    assertThat(leases).hasSize(1);
    return leases.get(0);
  }

  private List<String> takeIds(EventQueue queue, int max) {
    return takeIds(queue, max, WantedTypes.all());
  }

  private List<String> takeIds(EventQueue queue, int max, WantedTypes types) {
    TakeResult result = queue.take(new TakeRequest(nextRequest(), "worker", max, LEASE, types));
    return result instanceof TakeResult.Taken taken
        ? taken.leases().stream().map(lease -> lease.event().id()).toList()
        : List.of();
  }

  private static Duration until(EventQueue queue, TakeResult result) {
    return Duration.between(queue.time().now(), ((TakeResult.NotBefore) result).at());
  }

  @Test
  void whatIsPublishedIsTakenUnchanged() {
    EventQueue queue = queue(NO_LIMIT);
    AuditEvent event =
        event("é ü 漢 {}", EventType.of("CUSTOM.TYPE-1").withProcessingTime(Duration.ofMillis(1)))
            .withPayload(Payload.ofBytes(new byte[] {0, -1, 13, 10, 127, -128}))
            .withAttribute("exchange", "a \"quoted\" name\n")
            .withWeight(7);
    assertThat(queue.publish(event)).isEqualTo(new PublishReceipt(1, List.of()));

    Lease lease = takeOne(queue);

    assertThat(lease.event()).isEqualTo(event);
    assertThat(lease.attempt()).isEqualTo(1);
    assertThat(lease.worker()).isEqualTo("worker");
    assertThat(Duration.between(lease.takenAt(), lease.expiresAt())).isEqualTo(LEASE);
    assertThat(lease.publishedAt()).isBeforeOrEqualTo(lease.takenAt());
  }

  @Test
  void anIdIsAcceptedOnceWhileItIsUnfinished() {
    EventQueue queue = queue(NO_LIMIT);
    assertThat(queue.publish(List.of(event("a"), event("b"), event("a"))))
        .isEqualTo(new PublishReceipt(2, List.of("a")));

    Lease lease = takeOne(queue);
    assertThat(queue.publish(event("a")).duplicateIds()).as("leased").containsExactly("a");
    assertThat(queue.retry(lease, Duration.ofSeconds(1), "later")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.publish(event("a")).duplicateIds()).as("delayed").containsExactly("a");
    advance(Duration.ofSeconds(1));
    assertThat(queue.ack(takeOne(queue))).isEqualTo(Settlement.SETTLED);

    assertThat(queue.publish(event("a")).accepted()).as("done").isEqualTo(1);
    assertConserved(queue);
  }

  @Test
  void anIdThatFailedIsAcceptedAgain() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    assertThat(queue.fail(takeOne(queue), "broken")).isEqualTo(Settlement.SETTLED);

    assertThat(queue.publish(event("a")).accepted()).isEqualTo(1);

    QueueStats stats = queue.stats();
    assertThat(stats.failed()).isEqualTo(1);
    assertThat(stats.pending()).isEqualTo(1);
    long sequence = queue.failedQueue().page(0, 1).get(0).sequence();
    assertThat(queue.failedQueue().redrive(sequence)).isEqualTo(Redrive.DUPLICATE);
    assertConserved(queue);
  }

  @Test
  void urgentFirstAndFirstInFirstOut() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(
        List.of(event("l", LOW), event("n1"), event("h1", HIGH), event("n2"), event("h2", HIGH)));

    assertThat(takeIds(queue, 3)).containsExactly("h1", "h2", "n1");
    assertThat(takeIds(queue, 3)).containsExactly("n2", "l");
    assertThat(take(queue, 3)).isInstanceOf(TakeResult.Empty.class);
  }

  @Test
  void whatComesBackTakesItsOldPlace() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(List.of(event("a"), event("b"), event("c"), event("d"), event("e")));
    Lease a = takeOne(queue);
    Lease b = takeOne(queue);
    Lease c = takeOne(queue);
    assertThat(queue.fail(c, "for now")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.retry(b, Duration.ZERO, "again")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.release(a)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.failedQueue().redrive(c.sequence())).isEqualTo(Redrive.REDRIVEN);

    assertThat(takeIds(queue, 10)).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void attemptsCountUnlessTheyWereReleased() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    assertThat(queue.release(takeOne(queue))).isEqualTo(Settlement.SETTLED);
    Lease first = takeOne(queue);
    assertThat(first.attempt()).isEqualTo(1);
    assertThat(queue.retry(first, Duration.ZERO, "again")).isEqualTo(Settlement.SETTLED);
    Lease second = takeOne(queue);
    assertThat(second.attempt()).isEqualTo(2);
    advance(LEASE);
    Lease third = takeOne(queue);
    assertThat(third.attempt()).as("a lease that ran out counts").isEqualTo(3);
    assertThat(queue.fail(third, "enough")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.failedQueue().page(0, 1).get(0).attempts()).isEqualTo(3);
    assertThat(queue.failedQueue().redrive(third.sequence())).isEqualTo(Redrive.REDRIVEN);
    assertThat(takeOne(queue).attempt()).as("counted anew").isEqualTo(1);
  }

  @Test
  void withAgingAnEventRisesByOnePriorityForEachInterval() {
    EventQueue queue = createQueue(NO_LIMIT, Optional.of(Duration.ofMinutes(1)));
    queues.add(queue);
    queue.publish(event("low", LOW));
    advance(Duration.ofSeconds(119));
    queue.publish(List.of(event("normal"), event("high", HIGH)));
    assertThat(queue.peek(Priority.LOW, 0, 10)).hasSize(1);

    Lease high = takeOne(queue);
    assertThat(high.event().id()).as("the low one has risen by one").isEqualTo("high");
    assertThat(queue.ack(high)).isEqualTo(Settlement.SETTLED);
    advance(Duration.ofSeconds(181));
    queue.publish(event("high 2", HIGH));
    assertThat(takeIds(queue, 3))
        .as("by five, the next by three, and the last not at all")
        .containsExactly("low", "normal", "high 2");
  }

  @Test
  void ofTwoThatAgingMadeEquallyUrgentTheOneOfHigherPriorityIsFirst() {
    EventQueue queue = createQueue(NO_LIMIT, Optional.of(Duration.ofMinutes(1)));
    queues.add(queue);
    queue.publish(event("low", LOW));
    advance(Duration.ofMinutes(2));
    queue.publish(event("high", HIGH));

    assertThat(takeIds(queue, 2)).containsExactly("high", "low");
  }

  @Test
  void startsAreSpacedAndTheNamedTimeIsExact() {
    EventQueue queue = queue(PACED);
    queue.publish(IntStream.range(0, 5).mapToObj(i -> event("e" + i)).toList());
    takeOne(queue);

    for (int i = 1; i < 5; i++) {
      TakeResult denied = take(queue, 5);
      assertThat(until(queue, denied)).isEqualTo(Duration.ofSeconds(3));
      advance(Duration.ofSeconds(3).minusNanos(1_000));
      assertThat(take(queue, 5)).isInstanceOf(TakeResult.NotBefore.class);
      advance(Duration.ofNanos(1_000));
      assertThat(takeIds(queue, 5)).as("denials cost no place and no attempt").hasSize(1);
    }
    QueueStats stats = queue.stats();
    assertThat(stats.starts()).isEqualTo(5);
    assertThat(stats.startsInWindow()).isEqualTo(5);
  }

  private static List<AcquireResult> acquire(EventQueue queue, int... permits) {
    List<AcquireRequest> requests = new ArrayList<>();
    for (int each : permits) {
      requests.add(
          new AcquireRequest("acquired-" + requests.size() + "-" + UUID.randomUUID(), each));
    }
    return queue.acquire(requests);
  }

  @Test
  void startsWithoutAnEventCountLikeTakes() {
    EventQueue queue = queue(PACED);
    Instant begin = queue.time().now();
    queue.publish(List.of(event("a"), event("b")));
    assertThat(acquire(queue, 1)).containsExactly(new AcquireResult.Granted(begin));

    assertThat(take(queue, 2)).isEqualTo(new TakeResult.NotBefore(begin.plusSeconds(3)));
    advance(Duration.ofSeconds(3));
    takeOne(queue);
    assertThat(acquire(queue, 1))
        .containsExactly(new AcquireResult.NotBefore(begin.plusSeconds(6)));

    QueueStats stats = queue.stats();
    assertThat(stats.startsInWindow()).isEqualTo(2);
    assertThat(stats.largestWindowSince(begin)).isEqualTo(2);
    assertThat(stats.nextStart()).contains(begin.plusSeconds(6));
    assertThat(stats.starts()).as("attempts").isEqualTo(1);
    assertThat(stats.startedPermits()).as("of attempts").isEqualTo(1);
    assertThat(stats.acquiredPermits()).isEqualTo(1);
    assertThat(stats.pending()).isEqualTo(1);
    assertConserved(queue);
  }

  @Test
  void behindAStartThatMustWaitNoneIsMade() {
    EventQueue queue = queue(RateLimit.of(5).per(Duration.ofSeconds(10)).withBurst(5));
    Instant begin = queue.time().now();
    AcquireResult denied = new AcquireResult.NotBefore(begin.plusSeconds(10));

    assertThat(acquire(queue, 3, 6, 3, 1, 7))
        .containsExactly(
            new AcquireResult.Granted(begin),
            new AcquireResult.Never(6, 5),
            denied,
            denied,
            new AcquireResult.Never(7, 5));
    assertThat(queue.stats().acquiredPermits()).isEqualTo(3);
    queue.limitControl().pauseFor(Duration.ofSeconds(1));
    assertThat(acquire(queue, 1, 1))
        .containsOnly(new AcquireResult.Paused(Optional.of(begin.plusSeconds(1))));
    queue.limitControl().pause();
    assertThat(acquire(queue, 1)).containsExactly(new AcquireResult.Paused(Optional.empty()));
    assertThat(acquire(queue)).isEmpty();
  }

  @Test
  void aRequestForPermitsThatIsSentAgainSoonPaysOnce() {
    EventQueue queue = queue(RateLimit.of(10).per(Duration.ofSeconds(60)).withBurst(10));
    Instant begin = queue.time().now();
    AcquireRequest request = new AcquireRequest("again", 2);
    AcquireResult granted = new AcquireResult.Granted(begin);

    assertThat(queue.acquire(List.of(request, request))).containsExactly(granted, granted);
    assertThat(acquire(queue, 9)).doesNotHaveAnyElementsOfTypes(AcquireResult.Granted.class);
    advance(EventQueue.REMEMBERED_REQUESTS.minusNanos(1_000));
    AcquireRequest heavy = new AcquireRequest("heavy", 9);
    assertThat(queue.acquire(List.of(heavy, request)))
        .as("it was granted, whoever waits before it")
        .contains(granted);
    assertThat(queue.stats().acquiredPermits()).isEqualTo(2);

    advance(Duration.ofNanos(1_000));
    assertThat(queue.acquire(List.of(request)))
        .as("so late a start is another one")
        .containsExactly(new AcquireResult.Granted(begin.plus(EventQueue.REMEMBERED_REQUESTS)));
    assertThat(queue.stats().acquiredPermits()).isEqualTo(4);
    assertThat(queue.stats().startsInWindow()).isEqualTo(4);
  }

  @Test
  void onlyTheLatestRequestsForPermitsAreRemembered() {
    EventQueue queue = queue(NO_LIMIT);
    AcquireRequest first = new AcquireRequest("first", 1);
    assertThat(queue.acquire(List.of(first))).hasSize(1);
    advance(Duration.ofNanos(1_000));
    int[] others = new int[EventQueue.MAX_REMEMBERED_REQUESTS];
    Arrays.fill(others, 1);
    assertThat(acquire(queue, Arrays.copyOf(others, others.length - 1)))
        .hasOnlyElementsOfType(AcquireResult.Granted.class);
    assertThat(queue.acquire(List.of(first))).hasSize(1);
    assertThat(queue.stats().acquiredPermits()).as("it is the 1,000th").isEqualTo(others.length);
    assertThat(acquire(queue, 1)).hasOnlyElementsOfType(AcquireResult.Granted.class);
    assertThat(queue.acquire(List.of(first))).hasSize(1);
    assertThat(queue.stats().acquiredPermits()).as("paid again").isEqualTo(others.length + 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> acquire(queue, Arrays.copyOf(others, EventQueue.MAX_PAGE + 1)));
  }

  @Test
  void aLimiterAndTakesObeyOneLimitTogether() {
    EventQueue queue = queue(RateLimit.of(3).per(Duration.ofSeconds(6)).withBurst(3));
    Instant begin = queue.time().now();
    queue.publish(IntStream.range(0, 30).mapToObj(i -> event("e" + i)).toList());
    List<Instant> starts = new ArrayList<>();
    try (RateLimiter limiter = RateLimiter.of(queue)) {
      Random random = new Random(1);
      for (int step = 0; step < 60; step++) {
        if (random.nextBoolean() && take(queue, 1) instanceof TakeResult.Taken taken) {
          starts.add(taken.leases().get(0).takenAt());
        } else if (limiter.tryAcquire() instanceof AcquireResult.Granted granted) {
          starts.add(granted.start());
        }
        advance(Duration.ofMillis(500));
      }
    }
    assertThat(queue.stats().acquiredPermits()).isPositive();
    assertThat(queue.stats().starts() + queue.stats().acquiredPermits()).isEqualTo(starts.size());
    assertThat(starts).hasSize(15).startsWith(begin);
    for (int i = 3; i < starts.size(); i++) {
      assertThat(Duration.between(starts.get(i - 3), starts.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(6));
    }
    assertThat(queue.stats()).as("the queue stays open").isNotNull();
  }

  @Test
  void anEmptyQueueSpendsNothing() {
    EventQueue queue = queue(PACED);
    for (int i = 0; i < 50; i++) {
      assertThat(take(queue, 10)).isEqualTo(new TakeResult.Empty(Optional.empty()));
    }
    assertThat(queue.stats().startsInWindow()).isZero();
    queue.publish(event("a"));
    assertThat(takeIds(queue, 1)).containsExactly("a");
  }

  @Test
  void anEmptyQueueSaysWhatIsDueNext() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    Lease lease = takeOne(queue);
    Instant now = queue.time().now();
    assertThat(take(queue, 1)).isEqualTo(new TakeResult.Empty(Optional.of(now.plus(LEASE))));

    assertThat(queue.retry(lease, Duration.ofSeconds(4), "later")).isEqualTo(Settlement.SETTLED);

    assertThat(take(queue, 1))
        .isEqualTo(new TakeResult.Empty(Optional.of(now.plus(Duration.ofSeconds(4)))));
    advance(Duration.ofSeconds(4));
    assertThat(takeIds(queue, 1)).containsExactly("a");
  }

  @Test
  void ofARetryAndALeaseTheEarlierIsDueNext() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(List.of(event("a"), event("b")));
    Lease retried = takeOne(queue);
    Lease held = takeOne(queue);
    Instant now = queue.time().now();

    assertThat(queue.retry(retried, LEASE.minusSeconds(1), "later")).isEqualTo(Settlement.SETTLED);
    assertThat(take(queue, 1))
        .isEqualTo(new TakeResult.Empty(Optional.of(now.plus(LEASE).minusSeconds(1))));

    assertThat(queue.extend(held, LEASE.minusSeconds(2))).isEqualTo(Settlement.SETTLED);
    assertThat(take(queue, 1))
        .isEqualTo(new TakeResult.Empty(Optional.of(now.plus(LEASE).minusSeconds(2))));
  }

  @Test
  void aBatchIsAsLargeAsTheLimitAllows() {
    EventQueue queue = queue(RateLimit.of(10).perMinute().withBurst(4));
    queue.publish(IntStream.range(0, 20).mapToObj(i -> event("e" + i)).toList());

    assertThat(takeIds(queue, 3)).containsExactly("e0", "e1", "e2");
    assertThat(takeIds(queue, 3)).containsExactly("e3");
    assertThat(take(queue, 3)).isInstanceOf(TakeResult.NotBefore.class);
  }

  @Test
  void aRequestThatIsRepeatedPaysOnce() {
    EventQueue queue = queue(RateLimit.of(10).perMinute().withBurst(4));
    queue.publish(IntStream.range(0, 6).mapToObj(i -> event("e" + i)).toList());
    TakeRequest request = new TakeRequest("once", "worker", 2, LEASE);

    TakeResult first = queue.take(request);
    TakeResult again = queue.take(request);

    assertThat(again).isEqualTo(first);
    assertThat(queue.stats().startsInWindow()).isEqualTo(2);
    assertThat(queue.stats().leased()).isEqualTo(2);
  }

  @Test
  void aRequestThatIsRepeatedReturnsWhatItStillHolds() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(IntStream.range(0, 6).mapToObj(i -> event("e" + i)).toList());
    TakeRequest request = new TakeRequest("once", "worker", 3, LEASE);
    List<Lease> first = ((TakeResult.Taken) queue.take(request)).leases();
    assertThat(queue.ack(first.get(0))).isEqualTo(Settlement.SETTLED);

    assertThat(queue.take(request)).isEqualTo(new TakeResult.Taken(first.subList(1, 3)));

    assertThat(queue.stats().starts()).isEqualTo(3);
    assertThat(queue.ack(first.get(1))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.ack(first.get(2))).isEqualTo(Settlement.SETTLED);
    assertConserved(queue);
  }

  @Test
  void onlyTheLeaseThatHoldsAnEventSettlesIt() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    Lease lost = takeOne(queue);
    advance(LEASE);
    Lease held = takeOne(queue);

    assertThat(queue.ack(lost)).isEqualTo(Settlement.STALE_LEASE);
    assertThat(queue.retry(lost, Duration.ZERO, "x")).isEqualTo(Settlement.STALE_LEASE);
    assertThat(queue.fail(lost, "x")).isEqualTo(Settlement.STALE_LEASE);
    assertThat(queue.release(lost)).isEqualTo(Settlement.STALE_LEASE);
    assertThat(queue.extend(lost, LEASE)).isEqualTo(Settlement.STALE_LEASE);
    assertThat(queue.ack(held)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.ack(held)).isEqualTo(Settlement.STALE_LEASE);
    QueueStats stats = queue.stats();
    assertThat(stats.done()).isEqualTo(1);
    assertThat(stats.expiredLeases()).isEqualTo(1);
    assertConserved(queue);
  }

  @Test
  void aLeaseThatIsExtendedHolds() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    Lease lease = takeOne(queue);
    for (int i = 0; i < 5; i++) {
      advance(Duration.ofSeconds(10));
      assertThat(queue.extend(lease, LEASE)).isEqualTo(Settlement.SETTLED);
    }
    advance(LEASE.minusNanos(1_000));
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Empty.class);
    assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void aPauseHoldsUntilResumed() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    queue.limitControl().pause();
    advance(Duration.ofHours(1));
    assertThat(take(queue, 1)).isEqualTo(new TakeResult.Paused(Optional.empty()));

    queue.limitControl().resume();

    assertThat(takeIds(queue, 1)).containsExactly("a");
  }

  @Test
  void aTimedPauseEndsByItselfAndTheLongerOneHolds() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    queue.limitControl().pauseFor(Duration.ofSeconds(10));
    queue.limitControl().pauseFor(Duration.ofSeconds(5));
    Instant end = queue.time().now().plusSeconds(10);

    assertThat(take(queue, 1)).isEqualTo(new TakeResult.Paused(Optional.of(end)));
    advance(Duration.ofSeconds(10).minusNanos(1_000));
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Paused.class);
    advance(Duration.ofNanos(1_000));
    assertThat(takeIds(queue, 1)).containsExactly("a");
  }

  @Test
  void everyChangeOfTheLimitReturnsWhatIsThenSet() {
    EventQueue queue = queue(NO_LIMIT);
    LimitControl limit = queue.limitControl();

    assertThat(limit.changeLimit(PACED)).isEqualTo(limit.settings());
    assertThat(limit.demand("owner", NO_LIMIT, LEASE)).isEqualTo(limit.settings());
    assertThat(limit.endDemand("owner")).isEqualTo(limit.settings());
    assertThat(limit.pauseFor(LEASE)).isEqualTo(limit.settings());
    assertThat(limit.pause()).isEqualTo(limit.settings());
    assertThat(limit.resume()).isEqualTo(limit.settings());
  }

  @Test
  void anotherLimitHoldsAtOnceAndCountsWhatWasStarted() {
    EventQueue queue = queue(RateLimit.of(60).perMinute());
    queue.publish(IntStream.range(0, 100).mapToObj(i -> event("e" + i)).toList());
    for (int i = 0; i < 30; i++) {
      takeOne(queue);
      advance(Duration.ofSeconds(1));
    }

    queue.limitControl().changeLimit(PACED);

    // Of the 30 starts from 0 s to 29 s, fewer than 20 remain once the one at 10 s has left the
    // window.
    TakeResult denied = take(queue, 1);
    assertThat(until(queue, denied)).isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void aLimitThatIsSetAgainIsTheSameVersion() {
    EventQueue queue = queue(PACED);
    LimitSettings before = queue.limitControl().settings();

    assertThat(queue.limitControl().changeLimit(PACED)).isEqualTo(before);
    LimitSettings after = queue.limitControl().changeLimit(RateLimit.of(30).perMinute());

    assertThat(after.version()).isGreaterThan(before.version());
    assertThat(queue.limitControl().settings()).isEqualTo(after);
    assertThat(queue.stats().limit()).isEqualTo(after);
  }

  @Test
  void anEmergencyLapses() {
    EventQueue queue = queue(PACED);
    queue.publish(IntStream.range(0, 10).mapToObj(i -> event("e" + i)).toList());
    takeOne(queue);
    queue.limitControl().demand("owner", RateLimit.of(60).perMinute(), Duration.ofSeconds(2));

    assertThat(until(queue, take(queue, 1))).isEqualTo(Duration.ofSeconds(1));
    advance(Duration.ofSeconds(1));
    takeOne(queue);
    // In one second the emergency is over, unless somebody extends it meanwhile.
    assertThat(until(queue, take(queue, 1))).isEqualTo(Duration.ofSeconds(1));
    advance(Duration.ofSeconds(1));
    assertThat(queue.stats().limitInForce()).isEqualTo(PACED);
    assertThat(until(queue, take(queue, 1)))
        .as("the normal pace counts from the latest start")
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void theHighestDemandIsInForceAndEachOwnerEndsOnlyItsOwn() {
    EventQueue queue = queue(PACED);
    LimitControl limit = queue.limitControl();
    RateLimit lower = RateLimit.of(30).perMinute();
    RateLimit higher = RateLimit.of(60).perMinute();
    long version = limit.demand("engine", higher, Duration.ofMinutes(2)).version();

    LimitSettings both = limit.demand("the manager's", lower, Duration.ofMinutes(5));
    assertThat(both.version()).as("a lower demand changes nothing").isEqualTo(version);
    assertThat(both.inForce(queue.time().now())).isEqualTo(higher);
    assertThat(limit.demand("engine", higher, Duration.ofMinutes(3)).version())
        .as("nor does the end of one")
        .isEqualTo(version);
    assertThat(limit.endDemand("nobody")).isEqualTo(limit.settings());

    LimitSettings one = limit.endDemand("engine");
    assertThat(one.version()).isEqualTo(version + 1);
    assertThat(one.inForce(queue.time().now())).isEqualTo(lower);
    limit.endDemand("the manager's");
    assertThat(queue.stats().limitInForce()).isEqualTo(PACED);
  }

  @Test
  void theCeilingBoundsEveryDemand() {
    EventQueue queue = queue(PACED);
    LimitControl limit = queue.limitControl();
    RateLimit ceiling = RateLimit.of(60).perMinute();
    limit.changeCeiling(ceiling);

    limit.demand("a", RateLimit.of(90).perMinute(), Duration.ofMinutes(1));
    assertThat(queue.stats().limitInForce()).isEqualTo(ceiling);
    limit.demand("a", RateLimit.of(1).per(Duration.ofSeconds(2)), Duration.ofMinutes(1));
    assertThat(queue.stats().limitInForce()).isEqualTo(RateLimit.of(30).perMinute());
    limit.changeCeiling(RateLimit.of(25).perMinute());
    assertThat(queue.stats().limitInForce()).isEqualTo(RateLimit.of(25).perMinute());
    limit.removeCeiling();
    assertThat(queue.stats().limitInForce()).isEqualTo(RateLimit.of(1).per(Duration.ofSeconds(2)));
    assertThat(limit.removeCeiling()).isEqualTo(limit.settings());
  }

  @Test
  void demandsAreBoundedAndTheHighestStay() {
    EventQueue queue = queue(PACED);
    LimitControl limit = queue.limitControl();
    for (int n = 0; n < LimitSettings.MAX_DEMANDS + 5; n++) {
      limit.demand("owner " + n, RateLimit.of(60 - n).perMinute(), Duration.ofMinutes(1));
    }

    assertThat(limit.settings().demands()).hasSize(LimitSettings.MAX_DEMANDS);
    assertThat(queue.stats().limitInForce()).isEqualTo(RateLimit.of(60).perMinute());
    advance(Duration.ofMinutes(1));
    limit.demand("late", RateLimit.of(30).perMinute(), Duration.ofMinutes(1));
    assertThat(limit.settings().demands()).as("what has lapsed is forgotten").hasSize(1);
  }

  @Test
  void aWeightWithoutRoomInAnEmergencyWaitsUntilItIsOver() {
    EventQueue queue = queue(PACED);
    queue.publish(event("heavy").withWeight(3));
    queue.limitControl().demand("owner", RateLimit.of(2).perSecond(), Duration.ofSeconds(10));

    assertThat(until(queue, take(queue, 1))).isEqualTo(Duration.ofSeconds(10));
    advance(Duration.ofSeconds(10));
    assertThat(takeIds(queue, 1)).containsExactly("heavy");
    assertThat(queue.stats().failed()).isZero();
  }

  @Test
  void anEmergencyCanBeEnded() {
    EventQueue queue = queue(PACED);
    RateLimit raised = RateLimit.of(60).perMinute();
    queue.limitControl().demand("owner", raised, Duration.ofMinutes(1));
    assertThat(queue.stats().limitInForce()).isEqualTo(raised);

    queue.limitControl().endDemand("owner");

    assertThat(queue.stats().limitInForce()).isEqualTo(PACED);
    assertThat(queue.limitControl().settings().demands()).isEmpty();
  }

  @Test
  void whatCanNeverStartIsRefusedOrGivenUp() {
    EventQueue queue = queue(PACED);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.publish(List.of(event("ok"), event("heavy").withWeight(21))))
        .withMessageContaining("heavy")
        .withMessageContaining("21")
        .withMessageContaining("20/min");
    assertThat(queue.stats().published()).isZero();
    queue.publish(List.of(event("fits").withWeight(15), event("behind")));

    queue.limitControl().changeLimit(RateLimit.of(10).perMinute());

    assertThat(takeIds(queue, 1)).containsExactly("behind");
    assertThat(queue.failedQueue().page(0, 10))
        .singleElement()
        .satisfies(
            failed -> {
              assertThat(failed.event().id()).isEqualTo("fits");
              assertThat(failed.reason()).contains("15").contains("10");
              assertThat(failed.attempts()).isZero();
            });
    assertConserved(queue);
  }

  @Test
  void failedEventsArePagedRedrivenAndPurged() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(IntStream.range(0, 5).mapToObj(i -> event("e" + i)).toList());
    for (int i = 0; i < 5; i++) {
      assertThat(queue.fail(takeOne(queue), "reason " + i)).isEqualTo(Settlement.SETTLED);
    }
    FailedQueue failed = queue.failedQueue();
    List<FailedEvent> first = failed.page(0, 2);
    List<FailedEvent> second = failed.page(first.get(1).sequence(), 10);
    assertThat(Stream.concat(first.stream(), second.stream()).map(FailedEvent::reason))
        .containsExactly("reason 0", "reason 1", "reason 2", "reason 3", "reason 4");

    assertThat(failed.purge(first.get(0).sequence())).isTrue();
    assertThat(failed.purge(first.get(0).sequence())).isFalse();
    assertThat(failed.redrive(first.get(0).sequence())).isEqualTo(Redrive.NOT_FOUND);
    RedriveReceipt some = failed.redriveAll(0, 2);
    assertThat(some.redriven()).isEqualTo(2);
    assertThat(some.next()).hasValue(second.get(0).sequence());
    queue.publish(event("other"));
    assertThat(failed.redriveAll(some.next().orElseThrow(), 10).redriven()).isEqualTo(2);

    QueueStats stats = queue.stats();
    assertThat(stats.failed()).isZero();
    assertThat(stats.discarded()).isEqualTo(1);
    assertThat(stats.pending()).isEqualTo(5);
    assertConserved(queue);
  }

  @Test
  void theNextStartIsKnownUnlessItIsNowOrStartsArePausedWithoutEnd() {
    EventQueue queue = queue(PACED);
    queue.publish(List.of(event("a"), event("b")));
    assertThat(queue.stats().nextStart()).isEmpty();

    takeOne(queue);
    assertThat(queue.stats().nextStart()).contains(now(queue).plusSeconds(3));
    queue.limitControl().pauseFor(Duration.ofSeconds(60));
    assertThat(queue.stats().nextStart()).contains(now(queue).plusSeconds(60));
    queue.limitControl().pause();
    assertThat(queue.stats().nextStart()).isEmpty();
    queue.limitControl().resume();
    advance(Duration.ofSeconds(3));

    assertThat(queue.stats().nextStart()).isEmpty();
    takeOne(queue);
  }

  private static Instant now(EventQueue queue) {
    return queue.stats().observedAt();
  }

  @Test
  void leasesAreListedInTheOrderOfTheirEnds() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(IntStream.range(0, 4).mapToObj(i -> event("e" + i)).toList());
    Lease last = takeOne(queue);
    advance(Duration.ofSeconds(1));
    Lease first = takeOne(queue);
    advance(Duration.ofSeconds(1));
    Lease second = takeOne(queue);
    Lease done = takeOne(queue);
    Duration longest = LEASE.plusSeconds(1);
    assertThat(queue.extend(last, longest)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.ack(done)).isEqualTo(Settlement.SETTLED);

    assertThat(queue.leases(10))
        .extracting(Lease::token)
        .containsExactly(first.token(), second.token(), last.token());
    assertThat(queue.leases(2)).containsExactly(first, second);
    assertThat(queue.leases(10).get(2).expiresAt()).isEqualTo(now(queue).plus(longest));
  }

  @Test
  void theLatestFailureIsFirst() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(IntStream.range(0, 4).mapToObj(i -> event("e" + i)).toList());
    List<Lease> leases = ((TakeResult.Taken) take(queue, 4)).leases();
    for (int n : new int[] {2, 0, 3, 1}) {
      advance(Duration.ofSeconds(1));
      assertThat(queue.fail(leases.get(n), "reason " + n)).isEqualTo(Settlement.SETTLED);
    }
    FailedQueue failed = queue.failedQueue();
    assertThat(failed.purge(leases.get(3).sequence())).isTrue();

    assertThat(failed.latest(10))
        .extracting(FailedEvent::reason)
        .containsExactly("reason 1", "reason 0", "reason 2");
    assertThat(failed.latest(1)).extracting(FailedEvent::reason).containsExactly("reason 1");
    assertThat(queue.clear(ClearScope.FAILED).total()).isEqualTo(3);
    assertThat(failed.latest(10)).isEmpty();
  }

  @Test
  void aFailureTellsWhenItsEventWasPublishedAndWhatBecameOfItsAttempts() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    Instant published = now(queue);
    advance(Duration.ofSeconds(1));
    Instant first = takeOne(queue).takenAt();
    advance(LEASE);
    Lease second = takeOne(queue);
    advance(Duration.ofSeconds(1));
    String reason = "é".repeat(PastAttempt.MAX_REASON_BYTES);
    assertThat(queue.retry(second, Duration.ZERO, reason)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.release(takeOne(queue))).isEqualTo(Settlement.SETTLED);
    Lease third = takeOne(queue);
    advance(Duration.ofSeconds(1));
    assertThat(queue.fail(third, reason)).isEqualTo(Settlement.SETTLED);

    FailedEvent failed = queue.failedQueue().page(0, 1).get(0);
    assertThat(failed.publishedAt()).isEqualTo(published);
    assertThat(failed.reason()).isEqualTo(reason);
    assertThat(failed.attempts()).isEqualTo(3);
    assertThat(failed.history())
        .extracting(PastAttempt::attempt, PastAttempt::takenAt, PastAttempt::endedAt)
        .containsExactly(
            tuple(1, first, second.takenAt()),
            tuple(2, second.takenAt(), third.takenAt()),
            tuple(3, third.takenAt(), failed.failedAt()));
    String brief = "é".repeat(98) + "…";
    assertThat(failed.history())
        .extracting(PastAttempt::reason)
        .containsExactly("its lease expired", brief, brief);
    assertThat(queue.failedQueue().latest(1)).containsExactly(failed);
  }

  @Test
  void theHistoryOfAnEventIsBoundedAndBeginsAnewWhenItIsRedrivenOrPublishedAgain() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    for (int n = 1; n <= FailedEvent.MAX_HISTORY + 2; n++) {
      assertThat(queue.retry(takeOne(queue), Duration.ZERO, "retry " + n))
          .isEqualTo(Settlement.SETTLED);
    }
    assertThat(queue.fail(takeOne(queue), "broken")).isEqualTo(Settlement.SETTLED);

    FailedEvent failed = queue.failedQueue().page(0, 1).get(0);
    assertThat(failed.attempts()).isEqualTo(FailedEvent.MAX_HISTORY + 3);
    assertThat(failed.history()).hasSize(FailedEvent.MAX_HISTORY);
    assertThat(failed.history().get(0).reason()).isEqualTo("retry 4");
    assertThat(failed.history().get(FailedEvent.MAX_HISTORY - 1).reason()).isEqualTo("broken");

    assertThat(queue.failedQueue().redrive(failed.sequence())).isEqualTo(Redrive.REDRIVEN);
    assertThat(queue.fail(takeOne(queue), "again")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.failedQueue().page(0, 1).get(0).history())
        .extracting(PastAttempt::attempt, PastAttempt::reason)
        .containsExactly(tuple(1, "again"));

    queue.publish(event("a"));
    assertThat(queue.retry(takeOne(queue), Duration.ZERO, "late")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.ack(takeOne(queue))).isEqualTo(Settlement.SETTLED);
    queue.publish(event("a"));
    assertThat(queue.fail(takeOne(queue), "anew")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.failedQueue().page(0, 2).get(1).history())
        .extracting(PastAttempt::reason)
        .containsExactly("anew");
  }

  @Test
  void anEventThatIsGivenUpWithoutAnAttemptTellsOfThoseBefore() {
    EventQueue queue = queue(PACED);
    queue.publish(List.of(event("heavy").withWeight(15), event("behind")));
    assertThat(queue.retry(takeOne(queue), Duration.ZERO, "busy")).isEqualTo(Settlement.SETTLED);
    queue.limitControl().changeLimit(RateLimit.of(10).perMinute());
    advance(Duration.ofMinutes(2));

    assertThat(takeIds(queue, 1)).containsExactly("behind");
    FailedEvent failed = queue.failedQueue().page(0, 1).get(0);
    assertThat(failed.attempts()).isEqualTo(1);
    assertThat(failed.history()).extracting(PastAttempt::reason).containsExactly("busy");
  }

  @ParameterizedTest
  @CsvSource({"PENDING, 3, 1, 0", "FAILED, 0, 0, 1", "ALL, 3, 1, 1"})
  void clearDiscardsItsScopeAndNothingInHand(
      ClearScope scope, long pending, long delayed, long failed) {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(IntStream.range(0, 6).mapToObj(i -> event("e" + i)).toList());
    Lease held = takeOne(queue);
    assertThat(queue.retry(takeOne(queue), LEASE, "later")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.fail(takeOne(queue), "broken")).isEqualTo(Settlement.SETTLED);

    ClearReceipt receipt = queue.clear(scope);

    assertThat(receipt).isEqualTo(new ClearReceipt(pending, delayed, failed));
    QueueStats stats = queue.stats();
    assertThat(stats.discarded()).isEqualTo(pending + delayed + failed);
    assertThat(stats.pendingByType()).isEqualTo(pending == 0 ? Map.of(NORMAL, 3L) : Map.of());
    assertThat(queue.ack(held)).isEqualTo(Settlement.SETTLED);
    assertConserved(queue);
    assertThat(queue.publish(event("e5")).accepted())
        .as("a discarded id is free again")
        .isEqualTo(scope.includesPending() ? 1 : 0);
  }

  @Test
  void whatHappenedIsCountedForGood() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(
        List.of(event("done"), event("again").withWeight(3), event("failed"), event("back")));
    assertThat(queue.ack(takeOne(queue))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.retry(takeOne(queue), Duration.ofSeconds(1), "because"))
        .isEqualTo(Settlement.SETTLED);
    assertThat(queue.fail(takeOne(queue), "for good")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.release(takeOne(queue))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.failedQueue().redriveAll(0, 10).redriven()).isEqualTo(1);
    advance(Duration.ofSeconds(1));
    assertThat(queue.fail(takeOne(queue), "for good")).isEqualTo(Settlement.SETTLED);

    QueueStats stats = queue.stats();

    assertThat(stats.starts()).isEqualTo(5);
    assertThat(stats.startedPermits()).isEqualTo(1 + 3 + 1 + 1 + 3);
    assertThat(stats.done()).isEqualTo(1);
    assertThat(stats.retried()).isEqualTo(1);
    assertThat(stats.givenUp()).isEqualTo(2);
    assertThat(stats.failed()).isEqualTo(1);
    assertThat(stats.clockShift()).isZero();
  }

  @Test
  void theLargestWindowsAreKnownSinceEachTime() {
    RateLimit limit = RateLimit.of(10).per(Duration.ofSeconds(10)).withBurst(10);
    EventQueue queue = queue(limit);
    queue.publish(IntStream.range(0, 20).mapToObj(i -> event("e" + i)).toList());
    Instant begin = queue.stats().observedAt();
    assertThat(queue.stats().largestWindowSince(Instant.MIN)).isZero();
    assertThat(takeIds(queue, 7)).hasSize(7);
    advance(Duration.ofSeconds(4));
    assertThat(takeIds(queue, 2)).hasSize(2);
    advance(Duration.ofSeconds(10));
    assertThat(takeIds(queue, 3)).hasSize(3);
    advance(Duration.ofSeconds(20));

    QueueStats stats = queue.stats();

    assertThat(stats.largestWindows().isCompleteSince(begin)).isTrue();
    assertThat(stats.largestWindowSince(begin)).isEqualTo(9);
    assertThat(stats.largestWindowSince(begin.plusSeconds(4))).isEqualTo(9);
    assertThat(stats.largestWindowSince(begin.plusSeconds(4).plusNanos(1_000))).isEqualTo(3);
    assertThat(stats.largestWindowSince(begin.plusSeconds(14))).isEqualTo(3);
    assertThat(stats.largestWindowSince(begin.plusSeconds(15))).isZero();
  }

  @Test
  void statsSayWhatIsThere() {
    EventQueue queue = queue(PACED);
    queue.publish(List.of(event("h", HIGH), event("n1"), event("n2"), event("l", LOW)));
    advance(Duration.ofSeconds(5));
    takeOne(queue);
    advance(Duration.ofSeconds(2));

    QueueStats stats = queue.stats();

    assertThat(stats.pendingByPriority())
        .containsEntry(Priority.HIGH, 0L)
        .containsEntry(Priority.NORMAL, 2L)
        .containsEntry(Priority.LOW, 1L);
    assertThat(stats.pendingByType())
        .containsEntry(NORMAL, 2L)
        .containsEntry(LOW, 1L)
        .doesNotContainKey(HIGH);
    assertThat(stats.oldestPendingAge()).contains(Duration.ofSeconds(7));
    assertThat(stats.latestStart()).contains(stats.observedAt().minusSeconds(2));
    assertThat(stats.nextStart()).contains(stats.observedAt().plusSeconds(1));
    assertThat(stats.unfinished()).isEqualTo(4);
    assertThat(queue.peek(Priority.NORMAL, 0, 10))
        .extracting(queued -> queued.event().id())
        .containsExactly("n1", "n2");
    long first = queue.peek(Priority.NORMAL, 0, 1).get(0).sequence();
    assertThat(queue.peek(Priority.NORMAL, first, 1))
        .extracting(queued -> queued.event().id())
        .containsExactly("n2");
  }

  @Test
  void attemptsThatEndAreObservedByTypeWithTheirTimes() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(List.of(event("h", HIGH), event("n1"), event("n2"), event("n3")));
    assertThat(queue.stats().observed()).isEmpty();
    List<Lease> leases = ((TakeResult.Taken) take(queue, 4)).leases();
    advance(Duration.ofMillis(1_234));
    assertThat(queue.ack(leases.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.ack(leases.get(1))).isEqualTo(Settlement.SETTLED);
    advance(Duration.ofSeconds(8));
    assertThat(queue.retry(leases.get(2), Duration.ZERO, "again")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.fail(leases.get(3), "for good")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.fail(leases.get(3), "twice")).isEqualTo(Settlement.STALE_LEASE);

    Duration shorter = Duration.ofMillis(1_234);
    Duration longer = Duration.ofMillis(9_234);
    Map<EventType, TypeHistory> expected =
        Map.of(
            HIGH,
            TypeHistory.NONE.with(shorter, false),
            NORMAL,
            TypeHistory.NONE.with(shorter, false).with(longer, true).with(longer, true));
    assertThat(queue.stats().observed()).isEqualTo(expected);
    assertThat(queue.clear(ClearScope.ALL).total()).isEqualTo(2);
    assertThat(queue.stats().observed()).as("after a clear").isEqualTo(expected);
  }

  @Test
  void whatIsReleasedOrExpiresIsNotObserved() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(List.of(event("a"), event("b")));
    Lease released = takeOne(queue);
    Lease expired = takeOne(queue);
    advance(Duration.ofSeconds(1));
    assertThat(queue.release(released)).isEqualTo(Settlement.SETTLED);
    advance(LEASE);
    takeOne(queue);
    assertThat(queue.ack(expired)).isEqualTo(Settlement.STALE_LEASE);

    assertThat(queue.stats().observed()).isEmpty();
  }

  @Test
  void aTypeIsKnownByItsNameAndAsItWasDeclaredLast() {
    EventQueue queue = queue(NO_LIMIT);
    EventType anew = HIGH.withPriority(Priority.LOW).withProcessingTime(Duration.ofMillis(7));
    for (EventType type : List.of(HIGH, anew)) {
      queue.publish(event("of " + type.priority(), type));
      Lease lease = takeOne(queue);
      advance(Duration.ofMillis(5));
      assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
    }

    Duration each = Duration.ofMillis(5);
    assertThat(queue.stats().observed())
        .isEqualTo(Map.of(anew, TypeHistory.NONE.with(each, false).with(each, false)));
  }

  @Test
  void theNumberOfObservedTypesIsBoundedAndThoseKnownGoOn() {
    EventQueue queue = queue(NO_LIMIT);
    for (int n = 0; n <= EventQueue.MAX_OBSERVED_TYPES + 1; n++) {
      String name = "TYPE-" + (n == EventQueue.MAX_OBSERVED_TYPES + 1 ? 0 : n);
      queue.publish(event("event-" + n, EventType.of(name)));
      assertThat(queue.ack(takeOne(queue))).isEqualTo(Settlement.SETTLED);
    }

    Map<EventType, TypeHistory> observed = queue.stats().observed();
    assertThat(observed).hasSize(EventQueue.MAX_OBSERVED_TYPES);
    TypeHistory twice = TypeHistory.NONE.with(Duration.ZERO, false).with(Duration.ZERO, false);
    assertThat(observed).containsEntry(EventType.of("TYPE-0"), twice);
    assertThat(observed).doesNotContainKey(EventType.of("TYPE-" + EventQueue.MAX_OBSERVED_TYPES));
    assertConserved(queue);
  }

  @Test
  void whatWasObservedLongAgoWeighsLess() {
    EventQueue queue = queue(NO_LIMIT);
    TypeHistory expected = TypeHistory.NONE;
    for (int n = 0; n < 1_700; n++) {
      queue.publish(event("event-" + n));
      Lease lease = takeOne(queue);
      Duration time = Duration.ofMillis(n % 41);
      advance(time);
      boolean failed = n % 3 == 0;
      assertThat(failed ? queue.fail(lease, "broken") : queue.ack(lease))
          .isEqualTo(Settlement.SETTLED);
      expected = expected.with(time, failed);
    }

    assertThat(queue.stats().observed()).isEqualTo(Map.of(NORMAL, expected));
    assertThat(expected.attempts()).isLessThan(ProcessingTimes.MOST);
  }

  @Test
  void durationsWithoutEndAreLongAndLoseNothing() {
    EventQueue queue = queue(NO_LIMIT);
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
    queue.publish(List.of(event("a"), event("b")));
    Lease a = takeOne(queue);
    TakeResult forLong = queue.take(new TakeRequest(nextRequest(), "worker", 1, endless));
    Lease b = ((TakeResult.Taken) forLong).leases().get(0);
    assertThat(queue.extend(a, endless)).isEqualTo(Settlement.SETTLED);
    advance(Duration.ofDays(365));
    assertThat(take(queue, 2)).isInstanceOf(TakeResult.Empty.class);
    assertThat(queue.retry(a, endless, "some day")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.release(b)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.stats().delayed()).isEqualTo(1);

    queue.limitControl().pauseFor(endless);

    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Paused.class);
    queue.limitControl().resume();
    queue.limitControl().demand("owner", NO_LIMIT, endless);
    assertThat(takeIds(queue, 2)).containsExactly("b");
    assertConserved(queue);
  }

  @Test
  void aTooHeavyEventAnywhereKeepsAllFromBeingPublished() {
    EventQueue queue = queue(PACED);
    List<AuditEvent> events = new ArrayList<>();
    IntStream.range(0, 1_200).forEach(i -> events.add(event("e" + i)));
    events.add(event("heavy").withWeight(21));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.publish(events))
        .withMessageContaining("heavy");

    assertThat(queue.stats().published()).isZero();
    assertThat(queue.publish(events.subList(0, 1_200)).accepted()).isEqualTo(1_200);
    assertThat(queue.publish(List.of())).isEqualTo(new PublishReceipt(0, List.of()));
  }

  @Test
  void anEmergencyLetsNothingInThatTheNormalLimitCouldNotStart() {
    EventQueue queue = queue(PACED);
    queue.limitControl().demand("owner", RateLimit.of(60).perMinute(), Duration.ofMinutes(1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.publish(event("heavy").withWeight(21)));
    queue.publish(event("heaviest").withWeight(20));

    assertThat(takeIds(queue, 1)).containsExactly("heaviest");
  }

  @Test
  void aRedrivenEventThatTheLimitIsTooSmallForFailsAgain() {
    EventQueue queue = queue(PACED);
    queue.publish(event("heavy").withWeight(15));
    queue.limitControl().changeLimit(RateLimit.of(10).perMinute());
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Empty.class);
    long sequence = queue.failedQueue().page(0, 1).get(0).sequence();

    assertThat(queue.failedQueue().redrive(sequence)).isEqualTo(Redrive.REDRIVEN);
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Empty.class);
    assertThat(queue.stats().failed()).isEqualTo(1);
    queue.limitControl().changeLimit(PACED);
    assertThat(queue.failedQueue().redriveAll(0, 10))
        .isEqualTo(new RedriveReceipt(1, 0, 0, OptionalLong.empty()));

    assertThat(takeIds(queue, 1)).containsExactly("heavy");
    assertThat(queue.stats().starts()).isEqualTo(1);
    assertConserved(queue);
  }

  @Test
  void manyTooHeavyEventsDoNotHoldUpThoseBehindThem() {
    EventQueue queue = queue(PACED);
    IntStream.range(0, 250).forEach(i -> queue.publish(event("heavy" + i).withWeight(11)));
    queue.publish(event("light"));
    queue.limitControl().changeLimit(RateLimit.of(10).perMinute());

    assertThat(takeIds(queue, 5)).containsExactly("light");

    assertThat(queue.stats().failed()).isEqualTo(250);
    assertConserved(queue);
  }

  @Test
  void aLateSettleCountsUnlessTheLeaseWasReclaimed() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(List.of(event("a"), event("b")));
    Lease a = takeOne(queue);
    Lease b = takeOne(queue);
    advance(LEASE.multipliedBy(2));

    assertThat(queue.ack(a)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.extend(b, LEASE)).isEqualTo(Settlement.SETTLED);

    assertThat(take(queue, 2)).isInstanceOf(TakeResult.Empty.class);
    assertThat(queue.stats().expiredLeases()).isZero();
    assertThat(queue.stats().done()).isEqualTo(1);
  }

  @Test
  void manyThatFallDueAtOnceAreAllTaken() {
    EventQueue queue = queue(NO_LIMIT);
    List<String> ids = IntStream.range(0, 250).mapToObj(i -> "e" + i).toList();
    queue.publish(ids.stream().map(id -> event(id)).toList());
    for (int i = 0; i < 125; i++) {
      assertThat(queue.retry(takeOne(queue), LEASE, "later")).isEqualTo(Settlement.SETTLED);
    }
    assertThat(takeIds(queue, 125)).hasSize(125);
    advance(LEASE);

    List<String> taken = new ArrayList<>();
    for (int i = 0; i < 10 && taken.size() < 250; i++) {
      taken.addAll(takeIds(queue, 1_000));
    }

    assertThat(taken).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(queue.stats().expiredLeases()).isEqualTo(125);
    assertConserved(queue);
  }

  @Test
  void aListenerHearsOfWhatMayNowBeTakenAndIsLeftOutOnceItIsClosed() {
    EventQueue queue = queue(NO_LIMIT);
    AtomicInteger heard = new AtomicInteger();
    Subscription subscription = queue.onChange(heard::incrementAndGet);
    assertHeard(heard, () -> queue.publish(List.of(event("a"), event("b"))));
    Lease a = takeOne(queue);
    Lease b = takeOne(queue);
    assertHeard(heard, () -> assertThat(queue.release(a)).isEqualTo(Settlement.SETTLED));
    assertHeard(heard, () -> assertThat(queue.retry(b, LEASE, "x")).isEqualTo(Settlement.SETTLED));
    assertThat(queue.fail(takeOne(queue), "x")).isEqualTo(Settlement.SETTLED);
    assertHeard(
        heard, () -> assertThat(queue.failedQueue().redrive(1)).isEqualTo(Redrive.REDRIVEN));
    assertThat(queue.fail(takeOne(queue), "x")).isEqualTo(Settlement.SETTLED);
    assertHeard(
        heard, () -> assertThat(queue.failedQueue().redriveAll(0, 1).redriven()).isEqualTo(1));
    assertHeard(heard, () -> queue.limitControl().changeLimit(PACED));
    assertHeard(heard, () -> queue.limitControl().pause());
    assertHeard(heard, () -> queue.limitControl().resume());

    subscription.close();
    subscription.close();
    int before = heard.get();
    queue.publish(event("c"));

    assertThat(heard).hasValue(before);
  }

  private static void assertHeard(AtomicInteger heard, Runnable change) {
    int before = heard.get();
    change.run();
    assertThat(heard.get()).isGreaterThan(before);
  }

  @Test
  void aListenerThatThrowsChangesNothingForOthers() {
    EventQueue queue = queue(NO_LIMIT);
    AtomicInteger heard = new AtomicInteger();
    Subscription broken =
        queue.onChange(
            () -> {
              throw new IllegalStateException("on purpose");
            });
    Subscription sound = queue.onChange(heard::incrementAndGet);

    assertThat(queue.publish(event("a")).accepted()).isEqualTo(1);

    assertThat(heard.get()).isPositive();
    broken.close();
    sound.close();
  }

  @Test
  void nonsenseIsRefused() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    Lease lease = takeOne(queue);
    Duration negative = Duration.ofSeconds(-1);
    assertThatIllegalArgumentException().isThrownBy(() -> queue.retry(lease, negative, "x"));
    assertThatIllegalArgumentException().isThrownBy(() -> queue.extend(lease, Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> queue.peek(Priority.LOW, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> queue.leases(0));
    assertThatIllegalArgumentException().isThrownBy(() -> queue.failedQueue().page(0, 1_001));
    assertThatIllegalArgumentException().isThrownBy(() -> queue.failedQueue().latest(0));
    assertThatIllegalArgumentException().isThrownBy(() -> queue.failedQueue().redriveAll(0, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.limitControl().pauseFor(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue.limitControl().demand("owner", PACED, negative));
    assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
  }

  @Test
  @SuppressWarnings("NullAway")
  void nothingIsNoArgument() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(event("a"));
    Lease lease = takeOne(queue);

    assertThatNullPointerException().isThrownBy(() -> queue.take(null));
    assertThatNullPointerException().isThrownBy(() -> queue.ack(null));
    assertThatNullPointerException().isThrownBy(() -> queue.fail(lease, null));
    assertThatNullPointerException().isThrownBy(() -> queue.retry(null, LEASE, "x"));
    assertThatNullPointerException().isThrownBy(() -> queue.release(null));
    assertThatNullPointerException().isThrownBy(() -> queue.extend(null, LEASE));
    assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
  }

  @Test
  void aClosedQueueSaysSo() {
    EventQueue queue = queue(NO_LIMIT);
    queue.close();
    queue.close();

    assertThatIllegalStateException().isThrownBy(() -> queue.publish(event("a")));
    assertThatIllegalStateException().isThrownBy(() -> take(queue, 1));
    assertThatIllegalStateException().isThrownBy(queue::stats);
    assertThatIllegalStateException().isThrownBy(() -> queue.peek(Priority.HIGH, 0, 1));
    assertThatIllegalStateException().isThrownBy(() -> queue.leases(1));
    assertThatIllegalStateException().isThrownBy(() -> queue.clear(ClearScope.ALL));
    assertThatIllegalStateException().isThrownBy(() -> queue.failedQueue().page(0, 1));
    assertThatIllegalStateException().isThrownBy(() -> queue.failedQueue().redrive(1));
    assertThatIllegalStateException().isThrownBy(() -> queue.limitControl().settings());
    assertThatIllegalStateException().isThrownBy(() -> queue.limitControl().pause());
    assertThatIllegalStateException().isThrownBy(() -> queue.onChange(() -> {}));
  }

  @Test
  void randomOperationsConserveEverything() {
    seeds()
        .forEach(
            seed ->
                new RandomOperations(queue(RateLimit.of(1_000).perSecond().withBurst(500)), seed)
                    .run(120));
  }

  /** Random operations, checked against a simple model of every event. */
  private final class RandomOperations {
    private final EventQueue queue;
    private final long seed;
    private final Random random;
    private final List<Lease> held = new ArrayList<>();
    private final List<Lease> lost = new ArrayList<>();
    private long accepted;
    private long done;
    private long failed;
    private long discarded;

    RandomOperations(EventQueue queue, long seed) {
      this.queue = queue;
      this.seed = seed;
      this.random = new Random(seed);
    }

    void run(int steps) {
      for (int i = 0; i < steps; i++) {
        step();
        check();
      }
    }

    private void step() {
      switch (random.nextInt(9)) {
        case 0, 1 -> publish();
        case 2, 3 -> takeSome();
        case 4, 5 -> settle();
        case 6 -> letTimePass();
        case 7 -> redriveOrPurge();
        default -> settleLost();
      }
    }

    private void publish() {
      EventType type = List.of(HIGH, NORMAL, LOW).get(random.nextInt(3));
      List<AuditEvent> events =
          IntStream.range(0, 1 + random.nextInt(5))
              .mapToObj(i -> event("e" + random.nextInt(30), type))
              .toList();
      PublishReceipt receipt = queue.publish(events);
      accepted += receipt.accepted();
      assertThat(receipt.accepted() + receipt.duplicateIds().size()).isEqualTo(events.size());
    }

    private void takeSome() {
      if (take(queue, 1 + random.nextInt(4)) instanceof TakeResult.Taken taken) {
        assertThat(taken.leases())
            .extracting(lease -> lease.event().type().priority())
            .as("most urgent first")
            .isSorted();
        held.addAll(taken.leases());
      }
    }

    private void settle() {
      if (held.isEmpty()) {
        return;
      }
      Lease lease = held.remove(random.nextInt(held.size()));
      Settlement settlement;
      switch (random.nextInt(4)) {
        case 0 -> {
          settlement = queue.ack(lease);
          done++;
        }
        case 1 -> settlement = queue.retry(lease, Duration.ofSeconds(random.nextInt(20)), "x");
        case 2 -> {
          settlement = queue.fail(lease, "x");
          failed++;
        }
        default -> settlement = queue.release(lease);
      }
      assertThat(settlement).isEqualTo(Settlement.SETTLED);
      lost.add(lease);
    }

    private void letTimePass() {
      Duration passed = Duration.ofSeconds(random.nextInt(14));
      for (Lease lease : held) {
        assertThat(queue.extend(lease, LEASE)).isEqualTo(Settlement.SETTLED);
      }
      if (random.nextInt(3) == 0 && !held.isEmpty()) {
        advance(LEASE);
        lost.addAll(held);
        held.clear();
        // The next take reclaims expired leases.
        takeSome();
      } else {
        advance(passed);
      }
    }

    private void redriveOrPurge() {
      List<FailedEvent> page = queue.failedQueue().page(0, 1_000);
      assertThat(page).hasSize((int) failed);
      if (!page.isEmpty()) {
        long sequence = page.get(random.nextInt(page.size())).sequence();
        if (random.nextBoolean()) {
          failed -= queue.failedQueue().redrive(sequence) == Redrive.REDRIVEN ? 1 : 0;
        } else {
          assertThat(queue.failedQueue().purge(sequence)).isTrue();
          failed--;
          discarded++;
        }
      }
    }

    private void settleLost() {
      if (!lost.isEmpty()) {
        Lease lease = lost.get(random.nextInt(lost.size()));
        assertThat(queue.ack(lease)).isEqualTo(Settlement.STALE_LEASE);
      }
    }

    private void check() {
      QueueStats stats = queue.stats();
      assertThat(stats.isConserved()).as("seed %d: %s", seed, stats).isTrue();
      assertThat(stats.published()).isEqualTo(accepted);
      assertThat(stats.done()).isEqualTo(done);
      assertThat(stats.failed()).isEqualTo(failed);
      assertThat(stats.discarded()).isEqualTo(discarded);
      assertThat(stats.leased()).isEqualTo(held.size());
      assertThat(stats.pendingByType().values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(stats.pending());
    }
  }

  @Test
  void statsSayWhatPendingEventsCost() {
    EventQueue queue = queue(RateLimit.of(20).perMinute().withBurst(20));
    queue.publish(List.of(event("h", HIGH), event("n1").withWeight(3), event("n2").withWeight(5)));
    queue.publish(List.of(event("n3"), event("n4").withWeight(3)));

    assertThat(queue.stats().pendingByType()).containsEntry(NORMAL, 4L);
    assertThat(queue.stats().pendingPermits(HIGH)).isEqualTo(new QueueStats.Permits(1, 1));
    assertThat(queue.stats().pendingPermits(NORMAL)).isEqualTo(new QueueStats.Permits(12, 5));

    takeOne(queue);
    Lease heavy = takeOne(queue);
    takeOne(queue);
    assertThat(queue.stats().pendingPermits())
        .isEqualTo(Map.of(NORMAL, new QueueStats.Permits(4, 3)));
    assertThat(queue.release(heavy)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.stats().pendingPermits(NORMAL)).isEqualTo(new QueueStats.Permits(7, 3));

    assertThat(queue.clear(ClearScope.PENDING).pending()).isEqualTo(3);
    assertThat(queue.stats().pendingPermits()).isEmpty();
  }

  /**
   * Arbitrary numbers of types do not inflate a reply; their events are handled like all others.
   */
  @Test
  void typesBeyondTheBoundAreCountedTogether() {
    EventQueue queue = queue(NO_LIMIT);
    int most = EventQueue.COUNTED_TYPES;
    queue.publish(List.of(event("n1"), event("n2"), event("n3").withWeight(3)));
    queue.publish(
        IntStream.range(0, most + 100)
            .mapToObj(n -> event("t" + n, EventType.of("T" + n).withPriority(Priority.LOW)))
            .toList());
    queue.publish(List.of(event("n4"), event("h", HIGH), event("n5").withWeight(5)));
    EventType others = EventType.OTHERS.withPriority(Priority.LOW);

    QueueStats stats = queue.stats();
    assertThat(stats.pending()).isEqualTo(most + 106);
    // One entry for each type and weight.
    assertThat(stats.pendingByType())
        .containsEntry(NORMAL, 4L)
        .containsEntry(others, 102L)
        .containsEntry(EventType.OTHERS.withPriority(HIGH.priority()), 1L)
        .containsEntry(EventType.OTHERS, 1L)
        .containsEntry(EventType.of("T0").withPriority(Priority.LOW), 1L)
        .doesNotContainKey(EventType.of("T1099").withPriority(Priority.LOW))
        .hasSize(most + 2);
    assertThat(stats.pendingPermits(EventType.OTHERS)).isEqualTo(new QueueStats.Permits(8, 8));
    assertThat(stats.otherTypes()).isEqualTo(104);
    assertThat(stats.pendingByType().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(stats.pending());
    assertThat(stats.withoutSetAside(Duration.ZERO)).isEqualTo(stats);
    QueueStats wanted = stats.wanting(ONLY_NORMAL);
    assertThat(wanted.pending()).isEqualTo(4 + 104);

    // Nobody wants the others: once takers have seen them, they are no work, and no worker waits.
    List<Lease> leases = new ArrayList<>();
    TakeResult result;
    int takes = 0;
    do {
      result =
          queue.take(
              new TakeRequest(
                  "normal-" + takes++, "worker", 100, Duration.ofHours(1), ONLY_NORMAL));
      if (result instanceof TakeResult.Taken taken) {
        leases.addAll(taken.leases());
      }
    } while (!(result instanceof TakeResult.Empty));
    assertThat(leases).hasSize(5);
    advance(Duration.ofSeconds(1));
    stats = queue.stats();
    assertThat(stats.setAside()).hasSize(EventQueue.MAX_OBSERVED_TYPES + 1);
    assertThat(stats.setAside())
        .hasEntrySatisfying(
            EventType.OTHERS.name(),
            aside -> assertThat(aside.oldestAge()).isEqualTo(Duration.ofSeconds(1)));
    assertThat(stats.wanting(ONLY_NORMAL).pending()).isZero();
    leases.forEach(lease -> assertThat(queue.release(lease)).isEqualTo(Settlement.SETTLED));
    assertThat(queue.stats().wanting(ONLY_NORMAL).pending()).isEqualTo(5);

    List<String> done = new ArrayList<>();
    while (queue.stats().pending() > 0) {
      result =
          queue.take(new TakeRequest("all-" + done.size(), "worker", 500, Duration.ofHours(1)));
      assertThat(result).isInstanceOf(TakeResult.Taken.class);
      for (Lease lease : ((TakeResult.Taken) result).leases()) {
        assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
        done.add(lease.event().id());
      }
    }
    assertThat(done).doesNotHaveDuplicates().hasSize(most + 106);
    assertThat(queue.stats().pendingByType()).isEmpty();
    assertThat(queue.stats().pendingPermits()).isEmpty();
    assertThat(queue.stats().isConserved()).isTrue();
  }

  @Test
  void manyThreadsDoEachEventOnce() throws InterruptedException {
    EventQueue queue = queue(NO_LIMIT);
    int events = 200;
    queue.publish(IntStream.range(0, events).mapToObj(i -> event("e" + i)).toList());
    Set<String> seen = ConcurrentHashMap.newKeySet();
    AtomicInteger settled = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String name = "thread-" + t;
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; ; i++) {
                  TakeResult result = queue.take(new TakeRequest(name + '-' + i, name, 3, LEASE));
                  if (!(result instanceof TakeResult.Taken taken)) {
                    return;
                  }
                  for (Lease lease : taken.leases()) {
                    seen.add(lease.event().id());
                    settled.addAndGet(queue.ack(lease) == Settlement.SETTLED ? 1 : 0);
                  }
                }
              },
              name);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(seen).hasSize(events);
    assertThat(settled).hasValue(events);
    assertThat(queue.stats().done()).isEqualTo(events);
    assertConserved(queue);
  }

  private static void assertConserved(EventQueue queue) {
    assertThat(queue.stats().isConserved()).as("%s", queue.stats()).isTrue();
  }

  @Test
  void aTakeLeavesEventsOfTypesThatItDoesNotWantToOthers() {
    EventQueue queue = queue(RateLimit.of(3).perMinute().withBurst(3));
    queue.publish(List.of(event("h1", HIGH), event("n1"), event("h2", HIGH), event("n2")));

    assertThat(takeIds(queue, 10, ONLY_NORMAL)).containsExactly("n1", "n2");

    QueueStats stats = queue.stats();
    assertThat(stats.starts()).isEqualTo(2);
    assertThat(stats.pending()).isEqualTo(2);
    assertThat(stats.isConserved()).isTrue();
    assertThat(stats.failed()).isZero();
    assertThat(takeIds(queue, 10, ONLY_HIGH)).containsExactly("h1");
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.NotBefore.class);
  }

  @Test
  void whatIsNotWantedIsNothingToWaitFor() {
    EventQueue queue = queue(PACED);
    queue.publish(List.of(event("n1"), event("n2")));

    takeOne(queue);

    TakeResult result = queue.take(new TakeRequest(nextRequest(), "worker", 1, LEASE, ONLY_HIGH));
    assertThat(result).isInstanceOf(TakeResult.Empty.class);
    assertThat(queue.stats().setAside())
        .isEqualTo(Map.of(NORMAL.name(), new QueueStats.SetAside(1, Duration.ZERO)));
  }

  @Test
  void whatWasSetAsideKeepsItsPlace() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(List.of(event("n1"), event("h1", HIGH), event("l1", LOW), event("n2")));
    assertThat(takeIds(queue, 10, WantedTypes.named(Set.of("ANOTHER")))).isEmpty();
    queue.publish(List.of(event("h2", HIGH), event("n3"), event("l2", LOW)));
    assertThat(takeIds(queue, 1, ONLY_HIGH)).containsExactly("h1");

    assertThat(queue.peek(Priority.NORMAL, 0, 2))
        .extracting(e -> e.event().id())
        .containsExactly("n1", "n2");
    assertThat(queue.peek(Priority.NORMAL, 1, 9))
        .extracting(e -> e.event().id())
        .containsExactly("n2", "n3");
    assertThat(queue.stats().pendingByPriority())
        .isEqualTo(Map.of(Priority.HIGH, 1L, Priority.NORMAL, 3L, Priority.LOW, 2L));
    assertThat(takeIds(queue, 10)).containsExactly("h2", "n1", "n2", "n3", "l1", "l2");
    assertThat(queue.stats().setAside()).isEmpty();
  }

  @Test
  void whatWasSetAsideRisesWithItsAge() {
    EventQueue queue = createQueue(NO_LIMIT, Optional.of(Duration.ofMinutes(1)));
    queues.add(queue);
    queue.publish(event("l1", LOW));
    assertThat(takeIds(queue, 1, ONLY_HIGH)).isEmpty();
    advance(Duration.ofMinutes(2));
    queue.publish(List.of(event("n1"), event("h1", HIGH)));

    assertThat(takeIds(queue, 3)).containsExactly("h1", "l1", "n1");
  }

  @Test
  void whatWasSetAsideIsCleared() {
    EventQueue queue = queue(NO_LIMIT);
    queue.publish(List.of(event("n1"), event("n2"), event("h1", HIGH)));
    assertThat(takeIds(queue, 1, ONLY_HIGH)).containsExactly("h1");
    assertThat(takeIds(queue, 1, ONLY_HIGH)).isEmpty();

    assertThat(queue.clear(ClearScope.PENDING)).isEqualTo(new ClearReceipt(2, 0, 0));

    assertThat(queue.stats().setAside()).isEmpty();
    assertThat(queue.stats().pending()).isZero();
    assertThat(queue.stats().pendingByType()).isEmpty();
    assertThat(queue.publish(event("n1")).accepted()).isEqualTo(1);
    assertThat(takeIds(queue, 9)).containsExactly("n1");
  }

  @Test
  void eventsThatNobodyWantsBlockNobody() {
    EventQueue queue = queue(NO_LIMIT);
    for (int i = 0; i < 1_500; i++) {
      queue.publish(event("h" + i, HIGH));
    }
    queue.publish(List.of(event("n1"), event("n2")));

    assertThat(takeIds(queue, 1, ONLY_NORMAL)).containsExactly("n1");
    assertThat(queue.stats().setAside())
        .containsEntry(HIGH.name(), new QueueStats.SetAside(1_500, Duration.ZERO));
    assertThat(takeIds(queue, 1, ONLY_NORMAL)).containsExactly("n2");
    assertThat(takeIds(queue, 1_000)).startsWith("h0", "h1", "h2").hasSize(1_000);
    assertThat(takeIds(queue, 1_000, ONLY_HIGH)).startsWith("h1000").endsWith("h1499");
    assertThat(queue.stats().pending()).isZero();
  }

  /**
   * Takers with different types: each event is taken once, in order among those that a taker may
   * take.
   */
  @Test
  void takersOfDifferentTypesShareWithoutLossOrDisorder() {
    seeds().forEach(this::shareByTypes);
  }

  private void shareByTypes(long seed) {
    Random random = new Random(seed);
    EventQueue queue = queue(NO_LIMIT);
    List<EventType> types = List.of(HIGH, NORMAL, LOW, EventType.of("OTHER"));
    List<QueuedEvent> waiting = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      if (random.nextInt(3) == 0) {
        AuditEvent event = event("e" + step, types.get(random.nextInt(types.size())));
        queue.publish(event);
        waiting.add(new QueuedEvent(step + 1L, event, 0, queue.time().now()));
      } else {
        Set<String> names =
            types.stream()
                .map(EventType::name)
                .filter(name -> random.nextBoolean())
                .collect(Collectors.toSet());
        WantedTypes wanted = names.isEmpty() ? WantedTypes.all() : WantedTypes.named(names);
        int max = 1 + random.nextInt(4);
        List<QueuedEvent> next =
            waiting.stream()
                .filter(e -> wanted.includes(e.event().type().name()))
                .sorted(
                    Comparator.comparing((QueuedEvent e) -> e.event().type().priority())
                        .thenComparing(QueuedEvent::sequence))
                .limit(max)
                .toList();

        assertThat(takeIds(queue, max, wanted))
            .as("seed %s step %s", seed, step)
            .isEqualTo(next.stream().map(e -> e.event().id()).toList());
        waiting.removeAll(next);
      }
      assertThat(queue.stats().pending()).isEqualTo(waiting.size());
    }
    assertThat(queue.stats().isConserved()).isTrue();
  }
}
