package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AttemptRunnerTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Time time = Time.accelerated(50);
  private final InMemoryEventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute().withBurst(20)).time(time).build();
  private final CountDownLatch started = new CountDownLatch(1);
  private final List<AttemptRunner> runners = new ArrayList<>();

  private AttemptRunner runner(AuditEventHandler handler) {
    return runner(handler, UnaryOperator.identity());
  }

  private AttemptRunner runner(AuditEventHandler handler, UnaryOperator<Runnable> around) {
    EventProcessor processor =
        EventProcessor.builder()
            .handler(
                event -> {
                  started.countDown();
                  handler.handle(event);
                })
            .build();
    AttemptRunner runner =
        new AttemptRunner(
            queue,
            processor,
            AttemptTerms.DEFAULT.withHandlerTimeout(TIMEOUT),
            "test",
            List.of(),
            around,
            () -> 1);
    runners.add(runner);
    return runner;
  }

  private Lease lease() {
    queue.publish(AuditEvent.of("event", EventType.OPEN_ORDER_DETECTED, "wallet"));
    TakeRequest request = TakeRequest.one("request", "test", Duration.ofSeconds(15));
    return ((TakeResult.Taken) queue.take(request)).leases().get(0);
  }

  @AfterEach
  void closeRunners() {
    runners.forEach(AttemptRunner::close);
  }

  @Test
  void makesAnAttemptAndSaysWhatBecameOfIt() {
    Lease lease = lease();

    AttemptRunner.Finished finished =
        runner(event -> time.sleep(Duration.ofSeconds(5))).start(lease, 1).join();

    assertThat(finished.lease()).isEqualTo(lease);
    assertThat(finished.outcome()).isEqualTo(new AttemptOutcome.Done());
    assertThat(finished.processing()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    assertThat(finished.settlement()).isEqualTo(Settlement.SETTLED);
    assertThat(queue.stats().done()).isEqualTo(1);
  }

  @Test
  void whatIsAroundAnAttemptIsMadeInTheStartersThreadAndRunsInTheAttempts() {
    ThreadLocal<String> context = new ThreadLocal<>();
    List<String> seen = new CopyOnWriteArrayList<>();
    AttemptRunner runner =
        runner(
            event -> seen.add("handled in " + context.get()),
            attempt -> {
              String starter = Thread.currentThread().getName();
              return () -> {
                context.set(starter);
                attempt.run();
              };
            });

    assertThat(runner.start(lease(), 1).join().outcome()).isEqualTo(new AttemptOutcome.Done());
    assertThat(seen).containsExactly("handled in " + Thread.currentThread().getName());
  }

  @Test
  void aHandlerThatTakesTooLongHasItsEventRetried() {
    AttemptOutcome outcome =
        runner(event -> time.sleep(Duration.ofHours(1))).start(lease(), 1).join().outcome();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            AttemptOutcome.Retry.class,
            retry -> assertThat(retry.reason()).isEqualTo("no result within PT20S"));
    assertThat(queue.stats().delayed()).isEqualTo(1);
  }

  @Test
  void anEventThatIsGivenBackIsPendingAgain() throws InterruptedException {
    AttemptRunner runner = runner(event -> time.sleep(Duration.ofHours(1)));
    Lease lease = lease();
    CompletableFuture<AttemptRunner.Finished> finished = runner.start(lease, 1);
    started.await();

    runner.giveBack(lease.withExpiresAt(lease.takenAt()));

    assertThat(finished.join().outcome()).isEqualTo(new AttemptOutcome.Released());
    assertThat(queue.stats().pending()).isEqualTo(1);
  }

  @Test
  void closingGivesBackWhatRunsAndNothingCanBeStartedAfterwards() throws InterruptedException {
    AttemptRunner runner = runner(event -> time.sleep(Duration.ofHours(1)));
    Lease lease = lease();
    CompletableFuture<AttemptRunner.Finished> finished = runner.start(lease, 1);
    started.await();

    runner.close();
    runner.close();

    assertThat(finished).isDone();
    assertThat(queue.stats().pending()).isEqualTo(1);
    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> runner.start(lease, 1));
  }

  @Test
  void aPauseThatAnInterruptedHandlerLearnedOfHoldsAllTheSame() throws InterruptedException {
    AttemptRunner runner =
        runner(
            event -> {
              try {
                time.sleep(Duration.ofHours(1));
              } catch (InterruptedException interrupted) {
                throw new PauseEveryoneException(Duration.ofHours(1), "429");
              }
            });
    Lease lease = lease();
    CompletableFuture<AttemptRunner.Finished> finished = runner.start(lease, 1);
    started.await();

    runner.giveBack(lease);

    assertThat(finished.join().outcome()).isInstanceOf(AttemptOutcome.Throttled.class);
    assertThat(queue.stats().limit().isPaused(time.now())).isTrue();
    assertThat(queue.stats().pending()).isEqualTo(1);
  }

  @Test
  void anInterruptThatNobodyMadeIsAFailure() {
    AttemptOutcome outcome =
        runner(
                event -> {
                  throw new InterruptedException("the handler's own");
                })
            .start(lease(), 1)
            .join()
            .outcome();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            AttemptOutcome.Retry.class,
            retry ->
                assertThat(retry.reason())
                    .isEqualTo(
                        "stopped with an InterruptedException, although the engine did not"
                            + " interrupt it"));
  }
}
