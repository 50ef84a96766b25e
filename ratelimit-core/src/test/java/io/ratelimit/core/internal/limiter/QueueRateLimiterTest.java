package io.ratelimit.core.internal.limiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.internal.engine.FaultyQueue;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.AcquireResult.Granted;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.VirtualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Permits when the store or the caller fails at the wrong moment. */
@Timeout(60)
class QueueRateLimiterTest {

  private static final Duration LONG = Duration.ofDays(1);
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final VirtualTime time = VirtualTime.startingAt(BEGIN);
  private final EventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(10).perMinute().withBurst(10)).time(time).build();
  private final FaultyQueue faulty = new FaultyQueue(queue);
  private final RateLimiter limiter = RateLimiter.of(faulty);
  private final Semaphore asked = new Semaphore(0);
  private final Semaphore mayAnswer = new Semaphore(0);

  /** Waits until the line knows that the store is unavailable. */
  private void awaitFailure() {
    assertThatThrownBy(limiter::tryAcquire).isInstanceOf(QueueUnavailableException.class);
  }

  private static AcquireResult answer(CompletableFuture<AcquireResult> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aRequestWhoseAnswerIsLostIsSentAgainAndPaidOnce() throws Exception {
    faulty.loseAnswersOfTakes(1);
    FutureTask<Granted> call = new FutureTask<>(limiter::acquire);
    Thread caller = new Thread(call);
    caller.start();
    await()
        .until(
            () ->
                caller.getState() == Thread.State.TIMED_WAITING
                    && List.of(caller.getStackTrace()).toString().contains("VirtualTime"));
    awaitFailure();

    time.advance(Duration.ofSeconds(1));

    assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(new Granted(BEGIN));
    assertThat(queue.stats().acquiredPermits()).isEqualTo(1);
  }

  @Test
  void whoWaitsIsToldAtTheEndThatTheStoreIsAway() throws Exception {
    faulty.setDown(true);
    CompletableFuture<AcquireResult> brief = limiter.acquireAsync(1, Duration.ofMillis(500));
    CompletableFuture<AcquireResult> patient = limiter.acquireAsync(1, LONG);
    awaitFailure();

    time.advance(Duration.ofMillis(500));
    assertThatThrownBy(() -> answer(brief))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(QueueUnavailableException.class);
    assertThat(patient).isNotDone();

    faulty.setDown(false);
    time.advance(Duration.ofMillis(500));
    assertThat(answer(patient)).isInstanceOf(Granted.class);
    assertThat(queue.stats().acquiredPermits()).isEqualTo(1);
  }

  @Test
  void aQueueThatIsClosedEndsTheWaiting() throws Exception {
    limiter.limitControl().pause();
    CompletableFuture<AcquireResult> waiter = limiter.acquireAsync(1, LONG);
    assertThat(limiter.tryAcquire()).isInstanceOf(AcquireResult.Paused.class);

    queue.close();
    time.advance(Duration.ofSeconds(2));

    assertThatThrownBy(() -> answer(waiter)).hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatOneMayHavePaidForWithoutAnAnswerIsTheNextOnes() throws Exception {
    faulty.loseAnswersOfTakes(1);
    CompletableFuture<AcquireResult> first = limiter.acquireAsync(1, LONG);
    CompletableFuture<AcquireResult> other = limiter.acquireAsync(2, LONG);
    await().until(() -> queue.stats().acquiredPermits() > 0);
    awaitFailure();
    long paid = queue.stats().acquiredPermits();
    CompletableFuture<AcquireResult> next = limiter.acquireAsync(1, LONG);

    assertThat(first.cancel(false)).isTrue();
    time.advance(Duration.ofSeconds(1));

    assertThat(answer(next)).isEqualTo(new Granted(BEGIN));
    assertThat(answer(other)).isInstanceOf(Granted.class);
    assertThat(queue.stats().acquiredPermits()).as("1 and 2 for two starts").isEqualTo(3);
    assertThat(paid).isBetween(1L, 3L);
  }

  @Test
  void permitsThatComeTooLateForOneAreTheNextOnes() throws Exception {
    try (RateLimiter slow = RateLimiter.of(answeringLate())) {
      assertThat(queue.acquire(List.of(request(9)))).hasOnlyElementsOfType(Granted.class);
      CompletableFuture<AcquireResult> first = slow.acquireAsync(1, LONG);
      asked.acquire();
      CompletableFuture<AcquireResult> heavier = slow.acquireAsync(2, Duration.ZERO);
      CompletableFuture<AcquireResult> next = slow.acquireAsync(1, LONG);

      assertThat(first.cancel(false)).isTrue();
      mayAnswer.release(10);

      assertThat(answer(next)).isEqualTo(new Granted(BEGIN));
      assertThat(answer(heavier)).isInstanceOf(AcquireResult.NotBefore.class);
      assertThat(queue.stats().acquiredPermits()).isEqualTo(10);
    }
  }

  @Test
  void aDenialForOneWhoHasGivenUpIsNotToldToOthers() throws Exception {
    try (RateLimiter slow = RateLimiter.of(answeringLate())) {
      assertThat(queue.acquire(List.of(request(9)))).hasOnlyElementsOfType(Granted.class);
      CompletableFuture<AcquireResult> heavier = slow.acquireAsync(2, LONG);
      asked.acquire();
      CompletableFuture<AcquireResult> next = slow.acquireAsync(1, Duration.ZERO);

      assertThat(heavier.cancel(false)).isTrue();
      mayAnswer.release(10);

      assertThat(answer(next)).isEqualTo(new Granted(BEGIN));
    }
  }

  private static AcquireRequest request(int permits) {
    return new AcquireRequest("others", permits);
  }

  /** The queue, with each answer delayed until a test releases it. */
  private EventQueue answeringLate() {
    return (EventQueue)
        Proxy.newProxyInstance(
            EventQueue.class.getClassLoader(),
            new Class<?>[] {EventQueue.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(queue, arguments);
                if (method.getName().equals("acquire")) {
                  asked.release();
                  mayAnswer.acquire();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void aBrokenQueueIsToldToAllWhoWait() {
    EventQueue broken =
        (EventQueue)
            Proxy.newProxyInstance(
                EventQueue.class.getClassLoader(),
                new Class<?>[] {EventQueue.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("acquire")) {
                    throw new IllegalArgumentException("broken");
                  }
                  return method.invoke(queue, arguments);
                });
    RateLimiter limited = RateLimiter.of(broken);

    List<CompletableFuture<AcquireResult>> all =
        Stream.of(1, 2).map(permits -> limited.acquireAsync(permits, LONG)).toList();

    for (CompletableFuture<AcquireResult> each : all) {
      assertThatThrownBy(() -> answer(each)).hasRootCauseMessage("broken");
    }
    assertThatThrownBy(limited::acquire).hasMessage("broken");
  }
}
