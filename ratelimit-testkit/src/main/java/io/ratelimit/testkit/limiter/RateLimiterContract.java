package io.ratelimit.testkit.limiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.Corrected;
import io.ratelimit.core.limit.Decision;
import io.ratelimit.core.limit.KeyState;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitState;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.AcquireResult.Granted;
import io.ratelimit.core.queue.AcquireResult.Never;
import io.ratelimit.core.queue.AcquireResult.NotBefore;
import io.ratelimit.core.queue.AcquireResult.Paused;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tests what every {@link RateLimiter} must do. Subclass it for an implementation, and provide
 * limiters whose time stands still unless it is advanced.
 */
public abstract class RateLimiterContract {

  private static final Set<Thread.State> WAITING =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);
  private static final RateLimit PACED = RateLimit.of(20).perMinute();
  private static final RateLimit BURST = RateLimit.of(10).per(Duration.ofSeconds(10)).withBurst(10);
  private static final Duration STEP = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofDays(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Limits NAMED =
      Limits.builder()
          .limit("address", BURST)
          .limit("account", event -> null, RateLimit.of(2).per(STEP).withBurst(2))
          .maxInFlight("wallet", event -> null, 1)
          .build();

  private final List<RateLimiter> limiters = new ArrayList<>();

  /** Creates the contract. */
  protected RateLimiterContract() {}

  /** Returns a new limiter with these limits, without any earlier starts. */
  protected abstract RateLimiter createLimiter(RateLimit limit, Limits limits);

  /** Lets time pass in all limiters of this test, by a multiple of a microsecond. */
  protected abstract void advance(Duration duration);

  /** Returns the seeds of the random tests; fewer if each step is slow. */
  protected LongStream seeds() {
    return LongStream.range(0, 200);
  }

  private RateLimiter limiter(RateLimit limit) {
    return limiter(limit, Limits.none());
  }

  private RateLimiter limiter(RateLimit limit, Limits limits) {
    RateLimiter limiter = createLimiter(limit, limits);
    limiters.add(limiter);
    return limiter;
  }

  /** Closes the test's limiters. */
  @AfterEach
  protected void closeLimiters() {
    limiters.forEach(RateLimiter::close);
  }

  private static AcquireResult answer(CompletableFuture<AcquireResult> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no answer", e);
    }
  }

  /** Waits until the next start is known, and advances time to it. */
  private void advanceToNextStart(RateLimiter limiter) {
    NotBefore next = (NotBefore) limiter.tryAcquire();
    advance(Duration.between(limiter.time().now(), next.at()));
  }

  @Test
  void aPermitIsGrantedNowOrSomebodyIsToldWhen() {
    RateLimiter limiter = limiter(PACED);
    Instant begin = limiter.time().now();

    assertThat(limiter.tryAcquire()).isEqualTo(new Granted(begin));
    assertThat(limiter.tryAcquire()).isEqualTo(new NotBefore(begin.plus(STEP)));
    advance(STEP.minusNanos(1_000));
    assertThat(limiter.tryAcquire()).isEqualTo(new NotBefore(begin.plus(STEP)));
    advance(Duration.ofNanos(1_000));
    assertThat(limiter.tryAcquire()).as("denials cost nothing").isInstanceOf(Granted.class);
  }

  @Test
  void aStartMayCostSeveralPermits() {
    RateLimiter limiter = limiter(BURST);
    Instant begin = limiter.time().now();

    assertThat(limiter.tryAcquire(7)).isInstanceOf(Granted.class);
    assertThat(limiter.tryAcquire(4)).isEqualTo(new NotBefore(begin.plusSeconds(10)));
    assertThat(limiter.tryAcquire(3)).isInstanceOf(Granted.class);
    assertThat(limiter.tryAcquire()).isEqualTo(new NotBefore(begin.plusSeconds(10)));
  }

  @Test
  void whatCanNeverStartIsToldSo() {
    RateLimiter limiter = limiter(BURST);

    assertThat(limiter.tryAcquire(11)).isEqualTo(new Never(11, 10));
    assertThat(answer(limiter.acquireAsync(11, LONG))).isEqualTo(new Never(11, 10));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.acquire(11))
        .withMessage("a start that costs 11 permits can never be made: the limit has 10");
    assertThat(limiter.tryAcquire(10)).as("it cost nothing").isInstanceOf(Granted.class);
  }

  @Test
  void whatIsGivenBackIsAsIfItHadNeverBeenGranted() {
    RateLimiter limiter = limiter(BURST);
    Instant begin = limiter.time().now();
    Granted four = (Granted) limiter.tryAcquire(4);
    advance(STEP);
    Granted six = (Granted) limiter.tryAcquire(6);
    assertThat(limiter.tryAcquire()).isEqualTo(new NotBefore(begin.plusSeconds(10)));

    assertThat(limiter.giveBack(six, 6).returned()).isEqualTo(6);

    assertThat(limiter.tryAcquire(7)).isEqualTo(new NotBefore(begin.plusSeconds(10)));
    assertThat(limiter.tryAcquire(6)).isInstanceOf(Granted.class);
    limiter.correct(four, 4, 2);
    assertThat(limiter.tryAcquire(2)).isInstanceOf(Granted.class);
    assertThat(limiter.tryAcquire()).isEqualTo(new NotBefore(begin.plusSeconds(10)));
  }

  @Test
  void aPacedStartThatIsGivenBackLeavesItsPlaceToTheNext() {
    RateLimiter limiter = limiter(PACED);
    Instant begin = limiter.time().now();
    Granted first = (Granted) limiter.tryAcquire();
    advance(STEP);
    Granted second = (Granted) limiter.tryAcquire();
    advance(STEP.dividedBy(2));

    assertThat(limiter.giveBack(first, 1).returned()).isEqualTo(1);
    assertThat(limiter.tryAcquire())
        .as("the pace is that of the later start")
        .isEqualTo(new NotBefore(begin.plus(STEP.multipliedBy(2))));
    limiter.giveBack(second, 1);
    assertThat(limiter.tryAcquire()).isInstanceOf(Granted.class);
  }

  @Test
  void whoeverWaitsGetsWhatIsGivenBack() {
    RateLimiter limiter = limiter(BURST);
    Granted granted = (Granted) limiter.tryAcquire(10);
    CompletableFuture<AcquireResult> waiter = limiter.acquireAsync(3, LONG);

    limiter.giveBack(granted, 10);
    // Waiting callers do not ask again after every change.
    advance(Duration.ofSeconds(1));

    assertThat(answer(waiter)).isInstanceOf(Granted.class);
  }

  @Test
  void aDebitIsPaidForLater() {
    RateLimiter limiter = limiter(BURST);
    Instant begin = limiter.time().now();
    Granted granted = (Granted) limiter.tryAcquire(2);

    CorrectionReceipt receipt = limiter.correct(granted, 2, 13);

    assertThat(receipt.debited()).isEqualTo(11);
    assertThat(receipt.overruns())
        .containsExactly(
            new CorrectionReceipt.Overrun(Optional.empty(), new Corrected.Overrun(BURST, 3)));
    assertThat(limiter.tryAcquire()).isEqualTo(new NotBefore(begin.plusSeconds(10)));
    advance(Duration.ofSeconds(10));
    assertThat(limiter.giveBack(granted, 13).dropped()).as("it has left the window").isEqualTo(1);
    assertThat(limiter.tryAcquire(10)).isInstanceOf(Granted.class);
  }

  @Test
  void argumentsHaveARange() {
    RateLimiter limiter = limiter(BURST);

    for (int permits : new int[] {0, -1, RateLimit.MAX_PERMITS + 1}) {
      assertThatIllegalArgumentException().isThrownBy(() -> limiter.tryAcquire(permits));
      assertThatIllegalArgumentException().isThrownBy(() -> limiter.acquireAsync(permits, LONG));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> limiter.acquire(1, STEP.negated()));
  }

  @Test
  void aPauseHoldsForAllThatAskAndWait() {
    RateLimiter limiter = limiter(PACED);
    Instant begin = limiter.time().now();
    limiter.limitControl().pauseFor(STEP);
    CompletableFuture<AcquireResult> waiter = limiter.acquireAsync(1, LONG);

    assertThat(limiter.tryAcquire()).isEqualTo(new Paused(Optional.of(begin.plus(STEP))));
    advance(STEP);
    assertThat(answer(waiter)).isEqualTo(new Granted(begin.plus(STEP)));

    limiter.limitControl().pause();
    advance(STEP);
    assertThat(limiter.tryAcquire()).isEqualTo(new Paused(Optional.empty()));
    limiter.limitControl().resume();
    assertThat(limiter.tryAcquire()).isInstanceOf(Granted.class);
  }

  @Test
  void whoWaitsIsFirstComeFirstServedAndNobodyOvertakes() {
    RateLimiter limiter = limiter(BURST);
    Instant begin = limiter.time().now();
    assertThat(limiter.tryAcquire(10)).isInstanceOf(Granted.class);
    CompletableFuture<AcquireResult> heavy = limiter.acquireAsync(8, LONG);
    CompletableFuture<AcquireResult> light = limiter.acquireAsync(1, LONG);
    CompletableFuture<AcquireResult> last = limiter.acquireAsync(2, LONG);

    assertThat(limiter.tryAcquire()).isEqualTo(new NotBefore(begin.plusSeconds(10)));
    advance(Duration.ofSeconds(10));
    assertThat(answer(heavy)).isEqualTo(new Granted(begin.plusSeconds(10)));
    assertThat(answer(light)).isEqualTo(new Granted(begin.plusSeconds(10)));
    assertThat(limiter.tryAcquire())
        .as("one permit is free, and another was first")
        .isEqualTo(new NotBefore(begin.plusSeconds(20)));
    assertThat(last).isNotDone();
    advance(Duration.ofSeconds(10));
    assertThat(answer(last)).isEqualTo(new Granted(begin.plusSeconds(20)));
  }

  @Test
  void whoWouldWaitInVainIsToldAtOnce() {
    RateLimiter limiter = limiter(PACED);
    Instant begin = limiter.time().now();
    assertThat(limiter.tryAcquire()).isInstanceOf(Granted.class);

    Duration tooShort = STEP.minusNanos(1_000);
    assertThat(answer(limiter.acquireAsync(1, tooShort)))
        .isEqualTo(new NotBefore(begin.plus(STEP)));
    CompletableFuture<AcquireResult> first = limiter.acquireAsync(1, STEP);
    CompletableFuture<AcquireResult> second = limiter.acquireAsync(1, STEP.multipliedBy(2));
    CompletableFuture<AcquireResult> third = limiter.acquireAsync(1, STEP.multipliedBy(2));
    advanceToNextStart(limiter);
    assertThat(answer(first)).isEqualTo(new Granted(begin.plus(STEP)));
    advanceToNextStart(limiter);
    Instant end = begin.plus(STEP.multipliedBy(2));
    assertThat(answer(second)).isEqualTo(new Granted(end));
    assertThat(answer(third)).isEqualTo(new NotBefore(end.plus(STEP)));
  }

  @Test
  void whoWaitsForAPauseToEndWaitsNoLongerThanItWants() {
    RateLimiter limiter = limiter(PACED);
    limiter.limitControl().pause();
    CompletableFuture<AcquireResult> waiter = limiter.acquireAsync(1, STEP);
    assertThat(limiter.tryAcquire()).isEqualTo(new Paused(Optional.empty()));

    advance(STEP);

    assertThat(answer(waiter)).isEqualTo(new Paused(Optional.empty()));
  }

  @Test
  void aCallerBlocksUntilItMayStart() throws Exception {
    RateLimiter limiter = limiter(PACED);
    Instant begin = limiter.time().now();
    assertThat(limiter.acquire()).isEqualTo(new Granted(begin));
    FutureTask<Granted> call = new FutureTask<>(limiter::acquire);
    Thread caller = new Thread(call);
    caller.start();
    awaitBlocked(caller);

    advanceToNextStart(limiter);

    assertThat(call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(new Granted(begin.plus(STEP)));
  }

  private static void awaitBlocked(Thread caller) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                WAITING.contains(caller.getState())
                    && List.of(caller.getStackTrace()).toString().contains("LockSupport"));
  }

  @Test
  void whoIsInterruptedLosesNothing() throws Exception {
    RateLimiter limiter = limiter(PACED);
    Instant begin = limiter.time().now();
    assertThat(limiter.tryAcquire()).isInstanceOf(Granted.class);
    FutureTask<Granted> call = new FutureTask<>(limiter::acquire);
    Thread caller = new Thread(call);
    caller.start();
    awaitBlocked(caller);
    CompletableFuture<AcquireResult> next = limiter.acquireAsync(1, LONG);

    caller.interrupt();
    assertThatThrownBy(() -> call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);

    advanceToNextStart(limiter);
    assertThat(answer(next)).isEqualTo(new Granted(begin.plus(STEP)));
  }

  @Test
  void aHigherLimitHoldsForThoseWhoWaitAlready() {
    RateLimiter limiter = limiter(PACED);
    Instant begin = limiter.time().now();
    assertThat(limiter.tryAcquire()).isInstanceOf(Granted.class);
    CompletableFuture<AcquireResult> waiter = limiter.acquireAsync(1, LONG);
    assertThat(limiter.tryAcquire()).isEqualTo(new NotBefore(begin.plus(STEP)));

    limiter.limitControl().changeLimit(RateLimit.of(60).perMinute());
    advance(Duration.ofSeconds(1));

    assertThat(answer(waiter)).isEqualTo(new Granted(begin.plusSeconds(1)));
  }

  @Test
  void closingEndsTheWaiting() {
    RateLimiter limiter = limiter(PACED);
    assertThat(limiter.tryAcquire()).isInstanceOf(Granted.class);
    CompletableFuture<AcquireResult> waiter = limiter.acquireAsync(1, LONG);

    limiter.close();
    limiter.close();

    assertThatThrownBy(() -> waiter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the limiter is closed");
    assertThatIllegalStateException().isThrownBy(limiter::tryAcquire);
    assertThatIllegalStateException().isThrownBy(() -> limiter.acquireAsync(1, LONG));
  }

  private static RateLimit randomLimit(Random random) {
    int permits = 1 + random.nextInt(8);
    RateLimit limit = RateLimit.of(permits).per(Duration.ofMillis(1_000 + random.nextInt(9_000)));
    return random.nextBoolean() ? limit : limit.withBurst(1 + random.nextInt(permits));
  }

  /** Every answer is that of the state machine, so its guarantee holds for the limiter. */
  @Test
  void everyAnswerIsTheOneThatTheLimitAllows() {
    seeds()
        .forEach(
            seed -> {
              Random random = new Random(seed);
              RateLimit limit = randomLimit(random);
              RateLimiter limiter = limiter(limit);
              LimitState state = LimitState.unused(LimitSettings.of(limit));
              for (int step = 0; step < 40; step++) {
                int permits = 1 + random.nextInt(limit.permits() + 1);
                Decision decision = state.decide(limiter.time().now(), permits);
                assertThat(limiter.tryAcquire(permits)).as("seed %d", seed).isEqualTo(of(decision));
                if (decision instanceof Decision.Granted granted) {
                  state = granted.next();
                }
                advance(Duration.ofMillis(random.nextInt(700)));
              }
            });
  }

  private static AcquireResult of(Decision decision) {
    if (decision instanceof Decision.Granted granted) {
      return new Granted(granted.start());
    } else if (decision instanceof Decision.NotBefore notBefore) {
      return new NotBefore(notBefore.at());
    }
    Decision.NeverAdmissible never = (Decision.NeverAdmissible) decision;
    return new Never(never.weight(), never.permits());
  }

  private record Waiter(int permits, CompletableFuture<AcquireResult> answer) {}

  /**
   * Callers that remain in line start in order, at the exact moment that the limit allows: callers
   * that gave up lose no permit, and none is left unused while somebody waits.
   */
  @Test
  void whoGivesUpLosesNothingAndNoPermitIsLeftUnused() {
    seeds().forEach(this::giveUpAtRandom);
  }

  private void giveUpAtRandom(long seed) {
    Random random = new Random(seed);
    RateLimit limit = randomLimit(random);
    RateLimiter limiter = limiter(limit);
    LimitState state = LimitState.unused(LimitSettings.of(limit));
    List<Waiter> line = new ArrayList<>();
    for (int n = 0; n < 15; n++) {
      int permits = 1 + random.nextInt(Math.min(3, limit.permits()));
      line.add(new Waiter(permits, limiter.acquireAsync(permits, LONG)));
    }
    while (!line.isEmpty()) {
      Instant now = limiter.time().now();
      Decision decision = state.decide(now, line.get(0).permits());
      if (decision instanceof Decision.Granted granted) {
        assertThat(answer(line.remove(0).answer()))
            .as("seed %d", seed)
            .isEqualTo(new Granted(granted.start()));
        state = granted.next();
      } else if (random.nextInt(3) == 0) {
        assertThat(line.remove(random.nextInt(line.size())).answer().cancel(false)).isTrue();
      } else {
        Instant at = ((Decision.NotBefore) decision).at();
        assertThat(limiter.tryAcquire()).as("seed %d", seed).isEqualTo(new NotBefore(at));
        advance(Duration.between(now, at));
      }
    }
  }

  private static Charges ofAccount(String account) {
    return Charges.of("account", account, 1);
  }

  @Test
  void whatIsChargedByNameAndKeySpendsFromAllOrNone() {
    RateLimiter limiter = limiter(PACED, NAMED);
    Instant begin = limiter.time().now();
    Charges order = Charges.of("address", 4).and("account", "a", 1);

    assertThat(limiter.tryAcquire(order)).isEqualTo(new Granted(begin));
    assertThat(limiter.tryAcquire(order)).isEqualTo(new Granted(begin));
    assertThat(limiter.tryAcquire(order)).isEqualTo(new NotBefore(begin.plusSeconds(10)));
    assertThat(limiter.tryAcquire(Charges.of("address", 2)))
        .as("what was denied cost nothing")
        .isInstanceOf(Granted.class);
    assertThat(limiter.tryAcquire(ofAccount("b"))).isInstanceOf(Granted.class);
    assertThat(limiter.tryAcquire(ofAccount("a"))).isEqualTo(new NotBefore(begin.plus(STEP)));
    assertThat(limiter.tryAcquire()).as("its own limit was not asked").isInstanceOf(Granted.class);
    assertThat(limiter.tryAcquire(ofAccount("b").withPermits(1)))
        .as("its own limit is asked")
        .isEqualTo(new NotBefore(begin.plus(STEP)));
    assertThat(limiter.tryAcquire(ofAccount("b"))).isInstanceOf(Granted.class);
  }

  @Test
  void whoWaitsForAKeyBlocksNobodyOfOthers() throws Exception {
    RateLimiter limiter = limiter(PACED, NAMED);
    Instant begin = limiter.time().now();
    assertThat(limiter.tryAcquire(Charges.of("account", "a", 2))).isInstanceOf(Granted.class);
    CompletableFuture<AcquireResult> first = limiter.acquireAsync(ofAccount("a"), LONG);
    CompletableFuture<AcquireResult> second =
        limiter.acquireAsync(Charges.of("account", "a", 2), LONG);

    assertThat(limiter.acquire(ofAccount("b"))).isEqualTo(new Granted(begin));
    assertThat(answer(limiter.acquireAsync(ofAccount("c"), LONG))).isEqualTo(new Granted(begin));
    assertThat(limiter.acquire(ofAccount("a"), STEP.dividedBy(2)))
        .isEqualTo(new NotBefore(begin.plus(STEP)));
    advance(STEP);

    assertThat(answer(first)).isEqualTo(new Granted(begin.plus(STEP)));
    assertThat(limiter.tryAcquire(ofAccount("a")))
        .as("one is free, and another was first")
        .isEqualTo(new NotBefore(begin.plus(STEP.multipliedBy(2))));
    advance(STEP);
    assertThat(answer(second)).isEqualTo(new Granted(begin.plus(STEP.multipliedBy(2))));
  }

  @Test
  void aPauseOfAKeyHoldsForThatKey() {
    RateLimiter limiter = limiter(PACED, NAMED);
    Instant begin = limiter.time().now();
    limiter.namedLimitControl().pauseFor(new LimitKey("account", "a"), STEP);
    limiter.namedLimitControl().pause(new LimitKey("account", "b"));

    assertThat(limiter.tryAcquire(ofAccount("a")))
        .isEqualTo(new Paused(Optional.of(begin.plus(STEP))));
    assertThat(limiter.tryAcquire(ofAccount("b").and("address", 1)))
        .isEqualTo(new Paused(Optional.empty()));
    assertThat(limiter.tryAcquire(ofAccount("c"))).isInstanceOf(Granted.class);
    CompletableFuture<AcquireResult> waiter = limiter.acquireAsync(ofAccount("b"), LONG);
    limiter.namedLimitControl().resume(new LimitKey("account", "b"));
    assertThat(limiter.tryAcquire(ofAccount("b").and("address", 1))).isInstanceOf(Granted.class);
    // No notification is needed: callers ask again soon.
    advance(Duration.ofSeconds(2));
    assertThat(answer(waiter)).isInstanceOf(Granted.class);
  }

  @Test
  void chargesThatCanNeverBeMadeAreToldSo() {
    RateLimiter limiter = limiter(PACED, NAMED);
    LimitKey address = new LimitKey("address", "");

    assertThat(limiter.tryAcquire(Charges.of("address", 11).and("account", "a", 1)))
        .isEqualTo(new Never(11, 10, Optional.of(address)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.acquire(Charges.of("address", 11)))
        .withMessage("a start that costs 11 in the limit address can never be made: it admits 10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.tryAcquire(Charges.of("adress", 1)))
        .withMessage(
            "the limit \"adress\" is not set, and nothing was spent; give it to the builder of the"
                + " queue with limits, or set it with namedLimitControl()");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.acquire(Charges.of("wallet", "w", 1)))
        .withMessageStartingWith("the limit \"wallet\" has no window,");
    CompletableFuture<AcquireResult> unknown =
        limiter.acquireAsync(Charges.of("adress", "x", 1), LONG);
    CompletableFuture<AcquireResult> known = limiter.acquireAsync(ofAccount("a"), LONG);
    assertThatThrownBy(() -> unknown.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThat(answer(known)).isInstanceOf(Granted.class);
  }

  /** For every combination of charges, each key's windows hold, and nobody waits too long. */
  @Test
  void noWindowOfAnyKeyIsExceededAndEachCallerStartsAsSoonAsItMay() {
    seeds().forEach(this::chargeAtRandom);
  }

  private void chargeAtRandom(long seed) {
    Random random = new Random(seed);
    Limits limits =
        Limits.builder()
            .limit("address", randomLimit(random))
            .limit("account", event -> null, randomLimit(random))
            .build();
    RateLimiter limiter = limiter(BURST, limits);
    Map<LimitKey, KeyState> states = new HashMap<>();
    for (int step = 0; step < 60; step++) {
      Charges charges = Charges.of("account", "a" + random.nextInt(3), 1);
      if (random.nextBoolean()) {
        charges = charges.and("address", 1);
      }
      Instant now = limiter.time().now();
      Instant earliest = now;
      for (Charge charge : charges.named()) {
        KeyState state = state(states, limits, charge.key());
        Instant opens = state.earliest(now, charge.cost());
        earliest = opens.isAfter(earliest) ? opens : earliest;
      }
      AcquireResult result = limiter.tryAcquire(charges);
      assertThat(result)
          .as("seed %d step %d", seed, step)
          .isEqualTo(earliest.equals(now) ? new Granted(now) : new NotBefore(earliest));
      if (result instanceof Granted) {
        for (Charge charge : charges.named()) {
          states.put(charge.key(), state(states, limits, charge.key()).started(now, charge.cost()));
        }
      }
      advance(Duration.ofMillis(random.nextInt(1_500)));
    }
  }

  private static KeyState state(Map<LimitKey, KeyState> states, Limits limits, LimitKey key) {
    return states.computeIfAbsent(
        key,
        absent ->
            KeyState.unused()
                .under(
                    limits.declared().stream()
                        .filter(limit -> limit.name().equals(key.limit()))
                        .findFirst()
                        .orElseThrow()
                        .windows()));
  }
}
