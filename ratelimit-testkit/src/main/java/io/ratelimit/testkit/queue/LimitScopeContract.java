package io.ratelimit.testkit.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tests what queues that share the named limits of a scope must do. Subclass it for an
 * implementation, and provide queues whose time stands still unless it is advanced.
 */
public abstract class LimitScopeContract {

  private static final RateLimit NO_LIMIT =
      RateLimit.of(1_000_000).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final Duration LEASE = Duration.ofHours(1);
  private static final EventType TYPE = EventType.of("TYPE");
  private static final Limits ADDRESS =
      Limits.builder()
          .limit("address", RateLimit.of(4).per(Duration.ofSeconds(10)).withBurst(4))
          .build();
  private static final Limits WALLETS =
      Limits.builder().maxInFlight("wallet", AuditEvent::walletId, 1).retriesHold("wallet").build();

  private final List<EventQueue> queues = new ArrayList<>();
  private int requests;

  /** Creates the contract. */
  protected LimitScopeContract() {}

  /**
   * Returns new, empty queues of one new scope, without any earlier starts.
   *
   * @param limit each queue's own limit
   * @param limits the named limits of each
   */
  protected abstract List<EventQueue> createQueues(RateLimit limit, List<Limits> limits);

  /** Lets time pass in all queues of this test, by a multiple of a microsecond. */
  protected abstract void advance(Duration duration);

  /** Returns the seeds of the random tests; fewer if each step is slow. */
  protected LongStream seeds() {
    return LongStream.range(0, 100);
  }

  private List<EventQueue> queues(Limits... limits) {
    List<EventQueue> created = createQueues(NO_LIMIT, List.of(limits));
    queues.addAll(created);
    return created;
  }

  /** Closes the test's queues. */
  @AfterEach
  protected void closeQueues() {
    queues.forEach(EventQueue::close);
  }

  private static void publish(EventQueue queue, String wallet, int count) {
    queue.publish(
        IntStream.range(0, count)
            .mapToObj(n -> AuditEvent.of(wallet + "-" + n, TYPE, wallet))
            .toList());
  }

  private TakeResult take(EventQueue queue, int max) {
    requests++;
    return queue.take(new TakeRequest("request-" + requests, "worker", max, LEASE));
  }

  private List<Lease> taken(EventQueue queue, int max) {
    return take(queue, max) instanceof TakeResult.Taken taken ? taken.leases() : List.of();
  }

  @Test
  void queuesAndLimitersStartTogetherWhatOneMayStart() {
    List<EventQueue> both = queues(ADDRESS, ADDRESS);
    EventQueue one = both.get(0);
    EventQueue other = both.get(1);
    publish(one, "w", 5);
    publish(other, "w", 5);
    Instant begin = one.time().now();
    try (RateLimiter limiter = RateLimiter.of(other)) {
      assertThat(taken(one, 2)).hasSize(2);
      assertThat(taken(other, 1)).hasSize(1);
      assertThat(limiter.tryAcquire(Charges.of("address", 1)))
          .isInstanceOf(AcquireResult.Granted.class);

      Instant next = begin.plusSeconds(10);
      assertThat(take(one, 1)).isEqualTo(new TakeResult.NotBefore(next));
      assertThat(take(other, 1)).isEqualTo(new TakeResult.NotBefore(next));
      assertThat(limiter.tryAcquire(Charges.of("address", 1)))
          .isEqualTo(new AcquireResult.NotBefore(next));
      advance(Duration.ofSeconds(10));
      assertThat(taken(other, 9).size() + taken(one, 9).size()).isEqualTo(4);
      assertThat(one.namedLimitControl().key(new LimitKey("address", "")))
          .hasValueSatisfying(key -> assertThat(key.held()).containsExactly(4L));
    }
  }

  @Test
  void whatIsClearedOrSettledInOneQueueStillCountsForTheOther() {
    List<EventQueue> both = queues(ADDRESS, ADDRESS);
    publish(both.get(0), "w", 6);
    publish(both.get(1), "w", 1);
    for (Lease lease : taken(both.get(0), 4)) {
      assertThat(both.get(0).ack(lease)).isEqualTo(Settlement.SETTLED);
    }
    var unused = both.get(0).clear(ClearScope.ALL);

    assertThat(taken(both.get(1), 1)).isEmpty();
    advance(Duration.ofSeconds(10));
    assertThat(taken(both.get(1), 1)).hasSize(1);
  }

  @Test
  void anAttemptInOneQueueHoldsTheKeyInTheOtherWhateverTheIds() {
    List<EventQueue> both = queues(WALLETS, WALLETS);
    EventQueue one = both.get(0);
    EventQueue other = both.get(1);
    // Both queues use the same ids.
    publish(one, "w", 2);
    publish(other, "w", 2);
    Lease first = taken(one, 2).get(0);

    assertThat(taken(other, 2)).isEmpty();
    assertThat(one.ack(first)).isEqualTo(Settlement.SETTLED);
    List<Lease> next = taken(other, 2);
    assertThat(next).hasSize(1);
    assertThat(taken(one, 2)).as("the other has it now").isEmpty();
    assertThat(other.retry(next.get(0), Duration.ofSeconds(1), "later"))
        .isEqualTo(Settlement.SETTLED);
    assertThat(taken(one, 2)).as("a retry holds it").isEmpty();
    advance(Duration.ofSeconds(1));
    List<Lease> again = taken(other, 2);
    assertThat(again).hasSize(1);
    assertThat(other.ack(again.get(0))).isEqualTo(Settlement.SETTLED);
    assertThat(taken(one, 2)).hasSize(1);
  }

  @Test
  void theFirstDeclarationCountsAndChangesHoldForAll() {
    Limits others = Limits.builder().limit("address", RateLimit.of(100).perSecond()).build();
    List<EventQueue> both = queues(ADDRESS, others);
    EventQueue one = both.get(0);
    EventQueue other = both.get(1);
    Instant begin = one.time().now();

    assertThat(other.namedLimitControl().limits()).isEqualTo(one.namedLimitControl().limits());
    publish(one, "w", 9);
    assertThat(taken(one, 9)).hasSize(4);
    assertThat(take(one, 1)).isEqualTo(new TakeResult.NotBefore(begin.plusSeconds(10)));

    other
        .namedLimitControl()
        .set(NamedLimit.of("address", RateLimit.of(7).per(Duration.ofSeconds(10)).withBurst(7)));

    assertThat(taken(one, 9)).as("7, of which 4 were started").hasSize(3);
    assertThat(one.namedLimitControl().limits()).isEqualTo(other.namedLimitControl().limits());
  }

  @Test
  void aPauseThroughOneQueueHoldsInTheOtherUntilEitherResumes() {
    List<EventQueue> both = queues(ADDRESS, ADDRESS);
    LimitKey key = new LimitKey("address", "");
    publish(both.get(0), "w", 3);
    both.get(1).namedLimitControl().pause(key);
    assertThat(taken(both.get(0), 1)).isEmpty();

    both.get(1).namedLimitControl().resume(key);
    assertThat(taken(both.get(0), 1)).hasSize(1);

    both.get(1).namedLimitControl().pauseFor(key, Duration.ofMinutes(1));
    assertThat(taken(both.get(0), 1)).isEmpty();
    both.get(1).namedLimitControl().resume(key);
    assertThat(taken(both.get(0), 1)).hasSize(1);
  }

  @Test
  void whatOneQueueGivesBackLetsTheOtherStart() {
    List<EventQueue> both = queues(ADDRESS, ADDRESS);
    EventQueue one = both.get(0);
    EventQueue other = both.get(1);
    Instant begin = one.time().now();
    publish(one, "w", 4);
    publish(other, "w", 2);
    List<Lease> leases = taken(one, 4);
    assertThat(take(other, 2)).isEqualTo(new TakeResult.NotBefore(begin.plusSeconds(10)));

    assertThat(one.correct(leases.get(0), Costs.asReserved().with("address", 0)).returned())
        .isEqualTo(1);
    assertThat(taken(other, 2)).hasSize(1);
    advance(Duration.ofSeconds(4));
    assertThat(one.correct(leases.get(1), Costs.asReserved().with("address", 0)).returned())
        .isEqualTo(1);
    assertThat(taken(other, 2)).as("and again").hasSize(1);
  }

  /** A start of a key, and its cost. */
  private record Start(Instant at, int cost) {}

  /** Two queues and a limiter together never exceed a window of any key. */
  @Test
  void noWindowOfAnyKeyIsExceededByAllTogether() {
    seeds().forEach(this::startAtRandom);
  }

  private void startAtRandom(long seed) {
    Random random = new Random(seed);
    RateLimit[] windows = {
      RateLimit.of(1 + random.nextInt(4)).per(Duration.ofMillis(300)).withBurst(1),
      RateLimit.of(2 + random.nextInt(8)).per(Duration.ofMillis(2_000)).withBurst(2)
    };
    Limits limits =
        Limits.builder()
            .limit("wallet", AuditEvent::walletId, windows)
            .limit("address", RateLimit.of(9).per(Duration.ofSeconds(1)).withBurst(9))
            .cost("address", event -> event.id().endsWith("1") ? 2 : 1)
            .build();
    List<EventQueue> both = queues(limits, limits);
    Map<LimitKey, List<Start>> starts = new HashMap<>();
    int granted = 0;
    try (RateLimiter limiter = RateLimiter.of(both.get(random.nextInt(2)))) {
      for (EventQueue queue : both) {
        for (int wallet = 0; wallet < 3; wallet++) {
          publish(queue, "w" + wallet, 20);
        }
      }
      for (int step = 0; step < 60; step++) {
        if (random.nextInt(3) == 0) {
          String wallet = "w" + random.nextInt(3);
          Charges charges = Charges.of("wallet", wallet, 1).and("address", 1);
          if (limiter.tryAcquire(charges) instanceof AcquireResult.Granted start) {
            granted++;
            note(starts, "wallet", wallet, start.start(), 1);
            note(starts, "address", "", start.start(), 1);
          }
        } else {
          for (Lease lease : taken(both.get(random.nextInt(2)), 1 + random.nextInt(3))) {
            granted++;
            note(starts, "wallet", lease.event().walletId(), lease.takenAt(), 1);
            int cost = lease.event().id().endsWith("1") ? 2 : 1;
            note(starts, "address", "", lease.takenAt(), cost);
          }
        }
        advance(Duration.ofMillis(random.nextInt(120)));
      }
    }
    assertThat(granted).as("seed %d", seed).isPositive();
    starts.forEach(
        (key, all) -> {
          for (RateLimit window : windowsOf(limits, key)) {
            for (Start first : all) {
              int held =
                  all.stream()
                      .filter(
                          start ->
                              !start.at.isBefore(first.at)
                                  && start.at.isBefore(first.at.plus(window.window())))
                      .mapToInt(Start::cost)
                      .sum();
              assertThat(held)
                  .as("seed %d: %s within %s from %s", seed, key, window.window(), first.at)
                  .isLessThanOrEqualTo(window.permits());
            }
          }
        });
  }

  private static List<RateLimit> windowsOf(Limits limits, LimitKey key) {
    return limits.declared().stream()
        .filter(limit -> limit.name().equals(key.limit()))
        .findFirst()
        .orElseThrow()
        .windows();
  }

  private static void note(
      Map<LimitKey, List<Start>> starts, String limit, String key, Instant at, int cost) {
    starts
        .computeIfAbsent(new LimitKey(limit, key), absent -> new ArrayList<>())
        .add(new Start(at, cost));
  }
}
