package io.ratelimit.testkit.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests what every {@link EventQueue} must do about {@link PublishTerms} and changes of waiting
 * events. Subclass it for an implementation, and provide queues whose time stands still unless it
 * is advanced.
 */
public abstract class PublishTermsContract {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final Duration LEASE = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MICRO = Duration.ofNanos(1_000);
  private static final EventType NORMAL = EventType.of("NORMAL");
  private static final EventType HIGH = EventType.of("HIGH").withPriority(Priority.HIGH);
  private static final PublishTerms LATER = PublishTerms.DEFAULT.withDelay(SECOND);
  private static final PublishTerms SHORT_LIVED =
      PublishTerms.DEFAULT.withExpiry(SECOND, PublishTerms.Expired.DISCARDED);
  private static final Limits WALLETS =
      Limits.builder().maxInFlight("wallet", AuditEvent::walletId, 1).build();

  private final List<EventQueue> queues = new ArrayList<>();
  private int requests;

  /** Creates the contract. */
  protected PublishTermsContract() {}

  /** Returns a new, empty queue under these limits, without any earlier starts. */
  protected abstract EventQueue createQueue(RateLimit limit, Limits limits);

  /** Lets time pass in all queues of this test, by a multiple of a microsecond. */
  protected abstract void advance(Duration duration);

  private EventQueue queue() {
    return queue(Limits.none());
  }

  private EventQueue queue(Limits limits) {
    EventQueue queue = createQueue(NO_LIMIT, limits);
    queues.add(queue);
    return queue;
  }

  /** Verifies that the test's queues lost no event, and closes them. */
  @AfterEach
  protected void closeQueues() {
    for (EventQueue queue : queues) {
      assertThat(queue.stats().isConserved()).as("%s", queue.stats()).isTrue();
      assertThat(queue.stats().pendingByType().values().stream().mapToLong(n -> n).sum())
          .isEqualTo(queue.stats().pending());
      queue.close();
    }
  }

  private static AuditEvent event(String id) {
    return event(id, NORMAL);
  }

  private static AuditEvent event(String id, EventType type) {
    return AuditEvent.of(id, type, "wallet");
  }

  private TakeResult take(EventQueue queue, int max) {
    requests++;
    return queue.take(new TakeRequest("request-" + requests, "worker", max, LEASE));
  }

  private List<Lease> leases(EventQueue queue, int max) {
    return take(queue, max) instanceof TakeResult.Taken taken ? taken.leases() : List.of();
  }

  @CanIgnoreReturnValue
  private List<String> takeIds(EventQueue queue, int max) {
    return leases(queue, max).stream().map(lease -> lease.event().id()).toList();
  }

  @CanIgnoreReturnValue
  private Lease takeOne(EventQueue queue, String id) {
    List<Lease> leases = leases(queue, 1);
    assertThat(leases).extracting(lease -> lease.event().id()).containsExactly(id);
    return leases.get(0);
  }

  @Test
  void aDelayedEventStartsWhenItsTimeHasCome() {
    EventQueue queue = queue();
    assertThat(queue.publish(event("later"), LATER)).isEqualTo(new PublishReceipt(1, List.of()));
    assertThat(queue.publish(event("later"))).isEqualTo(new PublishReceipt(0, List.of("later")));

    assertThat(queue.stats().delayed()).isEqualTo(1);
    assertThat(queue.stats().pending()).isZero();
    assertThat(take(queue, 1))
        .isEqualTo(new TakeResult.Empty(Optional.of(queue.time().now().plus(SECOND))));
    advance(SECOND.minus(MICRO));
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Empty.class);
    advance(MICRO);
    Lease lease = takeOne(queue, "later");

    assertThat(lease.attempt()).isEqualTo(1);
    assertThat(lease.publishedAt()).as("its wait begins now").isEqualTo(lease.takenAt());
    assertThat(queue.ack(lease)).isEqualTo(Settlement.SETTLED);
    assertThat(queue.stats().done()).isEqualTo(1);
  }

  @Test
  void aDelayedEventTakesItsPlaceInTheOrderOfPublication() {
    EventQueue queue = queue();
    queue.publish(event("n1"));
    queue.publish(event("n2"), LATER);
    queue.publish(List.of(event("n3"), event("n4")));
    queue.publish(event("h1", HIGH), LATER);

    assertThat(takeIds(queue, 2)).containsExactly("n1", "n3");
    advance(SECOND);
    assertThat(takeIds(queue, 9)).containsExactly("h1", "n2", "n4");
  }

  @Test
  void whoWaitsHearsOfAnEarlierStart() {
    EventQueue queue = queue();
    queue.publish(event("late"), PublishTerms.DEFAULT.withDelay(LEASE));
    AtomicInteger told = new AtomicInteger();
    Subscription subscription = queue.onChange(told::incrementAndGet);
    queue.publish(event("soon"), LATER);
    assertThat(told.get()).isPositive();
    subscription.close();

    assertThat(take(queue, 1))
        .isEqualTo(new TakeResult.Empty(Optional.of(queue.time().now().plus(SECOND))));
    advance(SECOND);
    assertThat(takeIds(queue, 9)).containsExactly("soon");
  }

  @Test
  void delayedEventsOfAKeyStayInOrder() {
    EventQueue queue = queue(WALLETS);
    queue.publish(List.of(event("a"), event("b")), LATER);
    assertThat(takeIds(queue, 9)).isEmpty();

    advance(SECOND);
    Lease first = takeOne(queue, "a");
    assertThat(takeIds(queue, 9)).isEmpty();
    assertThat(queue.ack(first)).isEqualTo(Settlement.SETTLED);
    takeOne(queue, "b");
  }

  @Test
  void manyDelayedEventsAllStart() {
    EventQueue queue = queue();
    List<AuditEvent> events = IntStream.range(0, 1_200).mapToObj(i -> event("e" + i)).toList();
    assertThat(queue.publish(events, LATER).accepted()).isEqualTo(1_200);
    advance(SECOND);

    List<String> taken = new ArrayList<>();
    for (int n = 0; n < 20; n++) {
      taken.addAll(takeIds(queue, 100));
    }

    assertThat(taken).containsExactlyInAnyOrderElementsOf(ids(events));
    assertThat(queue.stats().delayed()).isZero();
  }

  private static List<String> ids(List<AuditEvent> events) {
    return events.stream().map(AuditEvent::id).toList();
  }

  @Test
  void aClearDiscardsDelayedEvents() {
    EventQueue queue = queue(WALLETS);
    queue.publish(List.of(event("a"), event("b")), LATER);

    assertThat(queue.clear(ClearScope.PENDING).delayed()).isEqualTo(2);
    assertThat(queue.publish(event("a")).accepted()).isEqualTo(1);
    takeOne(queue, "a");
  }

  @Test
  void aDelayHasAnEndAndDoesNotBeginBefore() {
    EventQueue queue = queue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PublishTerms.DEFAULT.withDelay(MICRO.negated()))
        .withMessageContaining("delay");
    queue.publish(
        event("some day"), PublishTerms.DEFAULT.withDelay(Duration.ofSeconds(Long.MAX_VALUE)));
    advance(Duration.ofDays(365));
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Empty.class);
    assertThat(queue.stats().delayed()).isEqualTo(1);
  }

  @Test
  void aCancelledEventIsGoneWhereverItWaits() {
    EventQueue queue = queue();
    queue.publish(List.of(event("a"), event("b"), event("c"), event("d")));
    queue.publish(event("later"), LATER);
    Lease retried = takeOne(queue, "a");
    assertThat(queue.retry(retried, SECOND, "busy")).isEqualTo(Settlement.SETTLED);
    setAside(queue);

    for (String id : List.of("c", "later", "a")) {
      assertThat(queue.cancel(id)).as(id).isEqualTo(Amendment.MADE);
      assertThat(queue.cancel(id)).as(id).isEqualTo(Amendment.NOT_FOUND);
    }

    assertThat(queue.stats().discarded()).isEqualTo(3);
    assertThat(queue.stats().delayed()).isZero();
    assertThat(queue.publish(event("c")).accepted()).as("its id is free").isEqualTo(1);
    advance(SECOND);
    assertThat(leases(queue, 9))
        .extracting(lease -> lease.event().id() + lease.attempt())
        .containsExactly("b1", "d1", "c1");
  }

  private void setAside(EventQueue queue) {
    requests++;
    WantedTypes other = WantedTypes.named(Set.of("OTHER"));
    assertThat(queue.take(new TakeRequest("request-" + requests, "worker", 1, LEASE, other)))
        .isInstanceOf(TakeResult.Empty.class);
  }

  @Test
  void whatIsProcessedOrFinishedIsNotCancelled() {
    EventQueue queue = queue();
    queue.publish(List.of(event("leased"), event("done"), event("failed")));
    List<Lease> leases = leases(queue, 3);
    assertThat(queue.ack(leases.get(1))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.fail(leases.get(2), "broken")).isEqualTo(Settlement.SETTLED);

    assertThat(queue.cancel("leased")).isEqualTo(Amendment.LEASED);
    assertThat(queue.cancel("done")).isEqualTo(Amendment.NOT_FOUND);
    assertThat(queue.cancel("failed")).isEqualTo(Amendment.NOT_FOUND);
    assertThat(queue.cancel("never published")).isEqualTo(Amendment.NOT_FOUND);

    assertThat(queue.ack(leases.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.stats().discarded()).isZero();
  }

  @Test
  void whatACancelledEventHeldUpMayStart() {
    EventQueue queue = createQueue(RateLimit.of(4).perMinute().withBurst(4), Limits.none());
    queues.add(queue);
    queue.publish(List.of(event("first").withWeight(2), event("heavy").withWeight(4)));
    queue.publish(event("light"));
    takeOne(queue, "first");
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.NotBefore.class);
    AtomicInteger told = new AtomicInteger();
    Subscription subscription = queue.onChange(told::incrementAndGet);
    assertThat(queue.cancel("heavy")).isEqualTo(Amendment.MADE);
    assertThat(told.get()).isPositive();
    subscription.close();
    takeOne(queue, "light");
  }

  @Test
  void aCancelledRetryOfAKeyLetsTheNextStart() {
    EventQueue queue =
        queue(
            Limits.builder()
                .maxInFlight("wallet", AuditEvent::walletId, 1)
                .retriesHold("wallet")
                .build());
    queue.publish(List.of(event("a"), event("b"), event("c"), event("d")));
    assertThat(queue.retry(takeOne(queue, "a"), LEASE, "busy")).isEqualTo(Settlement.SETTLED);
    assertThat(takeIds(queue, 9)).isEmpty();

    assertThat(queue.cancel("b")).isEqualTo(Amendment.MADE);
    assertThat(queue.cancel("a")).isEqualTo(Amendment.MADE);
    assertThat(queue.ack(takeOne(queue, "c"))).isEqualTo(Settlement.SETTLED);
    takeOne(queue, "d");
  }

  /** Cancels in any order, and many more than remain. */
  @Test
  void manyCancelledEventsLeaveTheOthersInOrder() {
    EventQueue queue = queue();
    List<AuditEvent> events =
        new ArrayList<>(IntStream.range(0, 300).mapToObj(i -> event("e" + i)).toList());
    queue.publish(events);
    List<String> ids = new ArrayList<>(ids(events));
    Collections.shuffle(ids, new Random(1));

    ids.subList(0, 280).forEach(id -> assertThat(queue.cancel(id)).isEqualTo(Amendment.MADE));

    List<String> left = new ArrayList<>(ids(events));
    left.removeAll(ids.subList(0, 280));
    assertThat(queue.stats().pending()).isEqualTo(20);
    assertThat(queue.peek(Priority.NORMAL, 0, 100))
        .extracting(queued -> queued.event().id())
        .isEqualTo(left);
    assertThat(takeIds(queue, 100)).isEqualTo(left);
  }

  @Test
  void anExpiredEventIsNotHandedOut() {
    EventQueue queue = queue();
    queue.publish(List.of(event("a"), event("b")), SHORT_LIVED);
    queue.publish(event("kept"));
    advance(SECOND.minus(MICRO));
    Lease lease = takeOne(queue, "a");
    advance(MICRO);

    assertThat(takeIds(queue, 9)).containsExactly("kept");

    assertThat(queue.ack(lease)).as("begun in time").isEqualTo(Settlement.SETTLED);
    QueueStats stats = queue.stats();
    assertThat(stats.expired()).isEqualTo(1);
    assertThat(stats.discarded()).isEqualTo(1);
    assertThat(stats.starts()).as("an expired event costs nothing").isEqualTo(2);
    assertThat(stats.givenUp()).isZero();
    assertThat(queue.publish(event("b")).accepted()).as("its id is free").isEqualTo(1);
  }

  @Test
  void anExpiredEventFailsIfThatIsWanted() {
    EventQueue queue = queue();
    queue.publish(
        event("a").withAttribute("name", "value"),
        PublishTerms.DEFAULT.withExpiry(SECOND, PublishTerms.Expired.FAILED));
    advance(SECOND);
    assertThat(take(queue, 1)).isEqualTo(new TakeResult.Empty(Optional.empty()));

    FailedEvent failed = queue.failedQueue().page(0, 9).get(0);
    assertThat(failed.event()).isEqualTo(event("a").withAttribute("name", "value"));
    assertThat(failed.reason()).isEqualTo("expired");
    assertThat(failed.attempts()).isZero();
    assertThat(queue.stats().expired()).isEqualTo(1);
    assertThat(queue.stats().givenUp()).isEqualTo(1);
    assertThat(queue.stats().discarded()).isZero();

    assertThat(queue.failedQueue().redrive(failed.sequence())).isEqualTo(Redrive.REDRIVEN);
    advance(LEASE);
    Lease lease = takeOne(queue, "a");
    assertThat(lease.event()).as("expires no more").isEqualTo(failed.event());
    assertThat(queue.retry(lease, LEASE, "busy")).isEqualTo(Settlement.SETTLED);
    advance(LEASE);
    takeOne(queue, "a");
  }

  @Test
  void whatExpiredAmongOthersIsRedrivenToItsPlace() {
    EventQueue queue = queue();
    queue.publish(event("a"));
    queue.publish(
        List.of(event("x"), event("y")),
        PublishTerms.DEFAULT.withExpiry(SECOND, PublishTerms.Expired.FAILED));
    queue.publish(List.of(event("b"), event("c"), event("d")));
    advance(SECOND);
    takeNothing(queue);
    assertThat(queue.stats().expired()).isEqualTo(2);
    assertThat(queue.failedQueue().redriveAll(0, 9).redriven()).isEqualTo(2);

    assertThat(queue.peek(Priority.NORMAL, 0, 9))
        .extracting(queued -> queued.event().id())
        .containsExactly("a", "x", "y", "b", "c", "d");
    assertThat(takeIds(queue, 9)).containsExactly("a", "x", "y", "b", "c", "d");
  }

  /** Makes expired events end by a take that returns nothing because starts are paused. */
  private void takeNothing(EventQueue queue) {
    queue.limitControl().pause();
    assertThat(take(queue, 1)).isInstanceOf(TakeResult.Paused.class);
    queue.limitControl().resume();
  }

  @Test
  void anEventThatWaitsAgainExpires() {
    EventQueue queue = queue();
    queue.publish(
        List.of(event("retried"), event("late"), event("released"), event("lost")), SHORT_LIVED);
    List<Lease> leases = leases(queue, 4);
    assertThat(queue.retry(leases.get(0), SECOND.multipliedBy(2), "x"))
        .isEqualTo(Settlement.SETTLED);
    advance(SECOND);
    assertThat(take(queue, 1)).as("also while it is delayed").isInstanceOf(TakeResult.Empty.class);
    assertThat(queue.stats().expired()).isEqualTo(1);
    assertThat(queue.retry(leases.get(1), SECOND, "x")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.release(leases.get(2))).isEqualTo(Settlement.SETTLED);
    advance(LEASE);

    assertThat(take(queue, 9)).isEqualTo(new TakeResult.Empty(Optional.empty()));

    assertThat(queue.stats().expired()).isEqualTo(4);
    assertThat(queue.stats().unfinished()).isZero();
  }

  @Test
  void whatIsSetAsideOrHeldUpByItsKeyExpires() {
    EventQueue queue = queue(WALLETS);
    queue.publish(event("a"));
    queue.publish(List.of(event("b"), event("c"), event("d")), SHORT_LIVED);
    Lease first = takeOne(queue, "a");
    assertThat(takeIds(queue, 9)).isEmpty();
    assertThat(queue.cancel("c")).isEqualTo(Amendment.MADE);
    advance(SECOND);
    assertThat(take(queue, 9)).isEqualTo(new TakeResult.Empty(Optional.of(first.expiresAt())));
    assertThat(queue.stats().expired()).isEqualTo(2);

    EventQueue other = queue();
    other.publish(List.of(event("b"), event("c")), SHORT_LIVED);
    setAside(other);
    advance(SECOND);
    assertThat(takeIds(other, 9)).isEmpty();
    assertThat(other.stats().expired()).isEqualTo(2);
  }

  @Test
  void manyExpiredEventsHoldUpNothing() {
    EventQueue queue = queue();
    List<AuditEvent> events = IntStream.range(0, 700).mapToObj(i -> event("e" + i)).toList();
    queue.publish(events, SHORT_LIVED);
    queue.publish(event("kept"));
    advance(SECOND);

    takeOne(queue, "kept");

    for (int n = 0; n < 10; n++) {
      assertThat(takeIds(queue, 1)).isEmpty();
    }
    assertThat(queue.stats().expired()).isEqualTo(700);
    assertThat(queue.stats().unfinished()).isEqualTo(1);
  }

  @Test
  void whatIsClearedDoesNotExpire() {
    EventQueue queue = queue();
    queue.publish(List.of(event("a"), event("b")), SHORT_LIVED);
    queue.publish(event("c"), SHORT_LIVED.withDelay(SECOND.minus(MICRO)));
    assertThat(queue.clear(ClearScope.PENDING).total()).isEqualTo(3);
    queue.publish(List.of(event("a"), event("c")));
    advance(SECOND);

    assertThat(takeIds(queue, 9)).containsExactly("a", "c");
    assertThat(queue.stats().expired()).isZero();
  }

  @Test
  void anExpiryIsBehindTheDelay() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SHORT_LIVED.withDelay(SECOND))
        .withMessageContaining("PT1S")
        .withMessageContaining("never start");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> PublishTerms.DEFAULT.withExpiry(Duration.ZERO, PublishTerms.Expired.FAILED))
        .withMessageContaining("expiry");
  }

  private static PublishTerms latest(PublishTerms.Place place) {
    return PublishTerms.DEFAULT.withLatest(AuditEvent::walletId, place);
  }

  private static AuditEvent of(String wallet, String id) {
    return AuditEvent.of(id, NORMAL, wallet);
  }

  @ParameterizedTest
  @EnumSource
  void theLatestEventOfAKeyReplacesTheOneThatWaits(PublishTerms.Place place) {
    EventQueue queue = queue();
    queue.publish(of("w1", "no key"));
    assertThat(queue.publish(List.of(of("w1", "a"), of("w2", "b"), of("w3", "c")), latest(place)))
        .isEqualTo(new PublishReceipt(3, List.of()));
    assertThat(queue.publish(List.of(of("w1", "a2"), of("w2", "b2")), latest(place)).accepted())
        .isEqualTo(2);
    assertThat(queue.publish(of("w1", "a2"), latest(place)).duplicateIds()).containsExactly("a2");
    assertThat(queue.publish(of("w2", "b"), latest(place)).accepted())
        .as("the id of what was replaced is free")
        .isEqualTo(1);

    assertThat(queue.stats().replaced()).isEqualTo(3);
    assertThat(queue.stats().discarded()).isEqualTo(3);
    assertThat(queue.stats().pending()).isEqualTo(4);
    assertThat(takeIds(queue, 9))
        .containsExactlyElementsOf(
            place == PublishTerms.Place.KEPT
                ? List.of("no key", "a2", "b", "c")
                : List.of("no key", "c", "a2", "b"));
  }

  @Test
  void anEventWithoutAKeyIsOneForItself() {
    EventQueue queue = queue();
    PublishTerms terms = PublishTerms.DEFAULT.withLatest(event -> null, PublishTerms.Place.KEPT);
    queue.publish(List.of(of("w", "a"), of("w", "b")), terms);
    assertThat(takeIds(queue, 9)).containsExactly("a", "b");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> queue.publish(event("c"), terms.withLatest(e -> "", PublishTerms.Place.NEW)))
        .withMessageContaining("key of event c");
    assertThat(queue.stats().published()).isEqualTo(2);
  }

  @Test
  void whatIsInOneCallIsReplacedInOrder() {
    EventQueue queue = queue();
    assertThat(
            queue.publish(
                List.of(of("w", "a"), of("w", "b"), of("w", "a"), of("w", "a")),
                latest(PublishTerms.Place.NEW)))
        .isEqualTo(new PublishReceipt(3, List.of("a")));
    assertThat(takeIds(queue, 9)).containsExactly("a");
  }

  @Test
  void anAttemptUnderWayGoesOnAndIsNotRepeatedForALaterEvent() {
    EventQueue queue = queue();
    PublishTerms terms = latest(PublishTerms.Place.KEPT);
    List<Lease> outdated = new ArrayList<>();
    for (String id : List.of("done", "retried", "released", "failed", "lost")) {
      queue.publish(of("w", id), terms);
      outdated.add(takeOne(queue, id));
    }
    queue.publish(of("w", "latest"), terms);
    assertThat(queue.stats().replaced()).isZero();

    assertThat(queue.ack(outdated.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.retry(outdated.get(1), SECOND, "busy")).isEqualTo(Settlement.SETTLED);
    assertThat(queue.release(outdated.get(2))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.fail(outdated.get(3), "broken")).isEqualTo(Settlement.SETTLED);
    advance(LEASE);
    assertThat(takeIds(queue, 9)).containsExactly("latest");

    QueueStats stats = queue.stats();
    assertThat(stats.replaced()).isEqualTo(3);
    assertThat(stats.retried()).isZero();
    assertThat(stats.expiredLeases()).isEqualTo(1);
    assertThat(stats.failed()).isEqualTo(1);
    assertThat(stats.leased()).isEqualTo(1);
  }

  @Test
  void theLatestWaitsAgainAndIsReplacedThen() {
    EventQueue queue = queue();
    PublishTerms terms = latest(PublishTerms.Place.KEPT);
    queue.publish(of("w", "a"), terms);
    queue.publish(event("behind"));
    assertThat(queue.retry(takeOne(queue, "a"), SECOND, "busy")).isEqualTo(Settlement.SETTLED);
    queue.publish(of("w", "b"), terms);
    assertThat(queue.stats().replaced()).isEqualTo(1);
    assertThat(queue.stats().delayed()).as("it is not delayed as the other was").isZero();

    Lease b = takeOne(queue, "b");
    assertThat(b.attempt()).isEqualTo(1);
    assertThat(queue.ack(b)).isEqualTo(Settlement.SETTLED);
    queue.publish(of("w", "c"), terms);
    assertThat(queue.stats().replaced()).isEqualTo(1);
    assertThat(takeIds(queue, 9)).containsExactly("behind", "c");
  }

  @Test
  void withADelayAnEventInItsPlaceStartsAsSoonAsTheFirst() {
    EventQueue queue = queue();
    PublishTerms terms = latest(PublishTerms.Place.KEPT).withDelay(SECOND.multipliedBy(2));
    queue.publish(of("w", "a"), terms);
    advance(SECOND);
    queue.publish(of("w", "b"), terms);
    advance(SECOND);
    takeOne(queue, "b");
  }

  @Test
  void withADelayAnEventInANewPlaceStartsWhenNoneFollows() {
    EventQueue queue = queue();
    PublishTerms terms = latest(PublishTerms.Place.NEW).withDelay(SECOND.multipliedBy(2));
    queue.publish(of("w", "a"), terms);
    advance(SECOND);
    queue.publish(of("w", "b"), terms);
    advance(SECOND);
    assertThat(takeIds(queue, 9)).isEmpty();
    advance(SECOND);
    takeOne(queue, "b");
  }

  @Test
  void aFailedEventIsNotRedrivenBesideALaterOne() {
    EventQueue queue = queue();
    PublishTerms terms = latest(PublishTerms.Place.KEPT);
    queue.publish(of("w", "a"), terms);
    assertThat(queue.fail(takeOne(queue, "a"), "broken")).isEqualTo(Settlement.SETTLED);
    long sequence = queue.failedQueue().page(0, 1).get(0).sequence();
    queue.publish(of("w", "b"), terms);
    assertThat(queue.failedQueue().redrive(sequence)).isEqualTo(Redrive.DUPLICATE);
    assertThat(queue.cancel("b")).isEqualTo(Amendment.MADE);
    assertThat(queue.failedQueue().redrive(sequence)).isEqualTo(Redrive.REDRIVEN);

    queue.publish(of("w", "c"), terms);
    assertThat(takeIds(queue, 9)).as("what was redriven is replaced").containsExactly("c");
  }

  @Test
  void aKeyIsFreeAgainHoweverItsEventEnded() {
    EventQueue queue = queue(WALLETS);
    PublishTerms terms =
        latest(PublishTerms.Place.NEW).withExpiry(SECOND, PublishTerms.Expired.DISCARDED);
    queue.publish(of("w", "expired"), terms);
    advance(SECOND);
    assertThat(takeIds(queue, 9)).isEmpty();
    queue.publish(of("w", "cleared"), terms);
    assertThat(queue.clear(ClearScope.PENDING).pending()).isEqualTo(1);
    queue.publish(of("w", "clear of delayed"), terms.withDelay(MICRO));
    assertThat(queue.clear(ClearScope.PENDING).delayed()).isEqualTo(1);
    queue.publish(of("w", "last"), terms);

    assertThat(queue.stats().replaced()).isZero();
    takeOne(queue, "last");
  }

  @Test
  void anEventThatWaitsGetsAnotherPriority() {
    EventQueue queue = queue();
    EventType low = NORMAL.withPriority(Priority.LOW);
    AuditEvent heavy = event("c").withWeight(3).withAttribute("name", "value\n");
    queue.publish(List.of(event("a"), event("b"), heavy, event("h", HIGH), event("d")));
    queue.publish(List.of(event("l1", low), event("l2", low)));
    setAside(queue);
    queue.publish(event("later"), LATER);

    assertThat(queue.reprioritize("c", Priority.HIGH)).isEqualTo(Amendment.MADE);
    assertThat(queue.reprioritize("a", Priority.LOW)).isEqualTo(Amendment.MADE);
    assertThat(queue.reprioritize("l2", Priority.HIGH)).isEqualTo(Amendment.MADE);
    assertThat(queue.reprioritize("b", Priority.NORMAL)).as("as it is").isEqualTo(Amendment.MADE);
    assertThat(queue.reprioritize("later", Priority.HIGH)).isEqualTo(Amendment.MADE);
    assertThat(queue.reprioritize("nobody", Priority.HIGH)).isEqualTo(Amendment.NOT_FOUND);

    assertThat(queue.stats().pendingByPriority())
        .isEqualTo(Map.of(Priority.HIGH, 3L, Priority.NORMAL, 2L, Priority.LOW, 2L));
    assertThat(queue.stats().pendingPermits(NORMAL.withPriority(Priority.HIGH)))
        .isEqualTo(new QueueStats.Permits(4, 3));
    advance(SECOND);
    List<Lease> leases = leases(queue, 9);
    assertThat(leases)
        .extracting(lease -> lease.event().id())
        .containsExactly("c", "h", "l2", "later", "b", "d", "a", "l1");
    assertThat(leases.get(0).event().type()).isEqualTo(NORMAL.withPriority(Priority.HIGH));
    assertThat(leases.get(0).event().attributes()).isEqualTo(heavy.attributes());
    assertThat(queue.reprioritize("c", Priority.LOW)).isEqualTo(Amendment.LEASED);

    assertThat(queue.release(leases.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.reprioritize("c", Priority.LOW)).isEqualTo(Amendment.MADE);
    assertThat(queue.reprioritize("c", Priority.NORMAL)).isEqualTo(Amendment.MADE);
    takeOne(queue, "c");
  }

  @Test
  void aNewPriorityLeavesTheTermsAndTheKeysOfAnEvent() {
    EventQueue queue =
        queue(
            Limits.builder()
                .maxInFlight("wallet", AuditEvent::walletId, 1)
                .retriesHold("wallet")
                .build());
    PublishTerms terms =
        latest(PublishTerms.Place.KEPT).withExpiry(SECOND, PublishTerms.Expired.DISCARDED);
    queue.publish(of("w", "a"), terms);
    Lease lease = takeOne(queue, "a");
    assertThat(queue.retry(lease, MICRO, "busy")).isEqualTo(Settlement.SETTLED);
    queue.publish(of("w", "b"));
    assertThat(queue.reprioritize("a", Priority.LOW)).isEqualTo(Amendment.MADE);
    assertThat(takeIds(queue, 9)).as("a retry holds").isEmpty();
    assertThat(queue.reprioritize("b", Priority.LOW)).isEqualTo(Amendment.MADE);
    advance(MICRO);
    assertThat(queue.release(takeOne(queue, "a"))).isEqualTo(Settlement.SETTLED);

    queue.publish(of("w", "c"), terms);
    assertThat(queue.stats().replaced()).isEqualTo(1);
    assertThat(queue.reprioritize("c", Priority.HIGH)).isEqualTo(Amendment.MADE);
    advance(SECOND);
    takeOne(queue, "b");
    assertThat(queue.stats().expired()).isEqualTo(1);
  }

  @Test
  void anIdIsADuplicateForAWhileAfterItsEventIsDone() {
    EventQueue queue = queue();
    PublishTerms terms = PublishTerms.DEFAULT.withDedupAfterDone(SECOND);
    queue.publish(List.of(event("done"), event("failed"), event("cancelled")), terms);
    assertThat(queue.cancel("cancelled")).isEqualTo(Amendment.MADE);
    advance(SECOND.multipliedBy(2));
    assertThat(queue.ack(takeOne(queue, "done"))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.fail(takeOne(queue, "failed"), "broken")).isEqualTo(Settlement.SETTLED);

    advance(SECOND.minus(MICRO));
    List<AuditEvent> again = List.of(event("done"), event("failed"), event("cancelled"));
    assertThat(queue.publish(again, terms)).isEqualTo(new PublishReceipt(2, List.of("done")));
    advance(MICRO);
    assertThat(queue.publish(event("done"), terms).accepted()).isEqualTo(1);
    assertThat(takeIds(queue, 9)).containsExactly("failed", "cancelled", "done");
  }

  @Test
  void whoPublishesWithoutSuchTermsIsNotToldOfWhatIsDone() {
    EventQueue queue = queue();
    PublishTerms terms = PublishTerms.DEFAULT.withDedupAfterDone(SECOND);
    queue.publish(event("a"), terms);
    assertThat(queue.ack(takeOne(queue, "a"))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.publish(event("a")).accepted()).isEqualTo(1);
    assertThat(queue.ack(takeOne(queue, "a"))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.publish(event("a"), terms).duplicateIds()).containsExactly("a");

    queue.publish(event("b"));
    assertThat(queue.ack(takeOne(queue, "b"))).isEqualTo(Settlement.SETTLED);
    assertThat(queue.publish(event("b"), terms).accepted()).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> terms.withDedupAfterDone(MICRO.negated()))
        .withMessageContaining("dedup");
  }

  @Test
  void aRetryAndARedriveAreRememberedWhenTheyAreDone() {
    EventQueue queue = queue();
    PublishTerms terms =
        PublishTerms.DEFAULT
            .withDedupAfterDone(LEASE)
            .withExpiry(SECOND, PublishTerms.Expired.FAILED);
    queue.publish(List.of(event("a"), event("b")), terms);
    assertThat(queue.retry(takeOne(queue, "a"), MICRO, "busy")).isEqualTo(Settlement.SETTLED);
    advance(MICRO);
    assertThat(queue.ack(takeOne(queue, "a"))).isEqualTo(Settlement.SETTLED);
    advance(SECOND);
    assertThat(takeIds(queue, 9)).isEmpty();
    assertThat(queue.failedQueue().redriveAll(0, 9).redriven()).isEqualTo(1);
    assertThat(queue.ack(takeOne(queue, "b"))).isEqualTo(Settlement.SETTLED);

    assertThat(queue.publish(List.of(event("a"), event("b")), terms).duplicateIds())
        .containsExactly("a", "b");
  }
}
