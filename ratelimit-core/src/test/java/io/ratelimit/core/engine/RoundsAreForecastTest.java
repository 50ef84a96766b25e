package io.ratelimit.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.history.TestRounds;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine with a history prepares for the usual events of its rounds. */
@Timeout(60)
class RoundsAreForecastTest {

  private static final EventType A = EventType.of("A").withProcessingTime(Duration.ofSeconds(4));
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  private final Time time = Time.accelerated(100);
  private final InMemoryEventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build();
  private final InMemoryRoundHistory history = InMemoryRoundHistory.create();
  private final AtomicReference<ScalingDecision> first = new AtomicReference<>();
  private final CountDownLatch decided = new CountDownLatch(1);

  @AfterEach
  void close() {
    queue.close();
  }

  /** Records rounds of 20 events at the beginning and 40 in each of the next two minutes. */
  private void pastRounds(int rounds) {
    for (int i = rounds; i > 0; i--) {
      Instant at = time.now().minus(DEADLINE.multipliedBy(i));
      history.append(
          TestRounds.round(
              RoundRecord.idOf("", "engine", at),
              "",
              at,
              at.plusSeconds(170),
              RoundRecord.Outcome.MET,
              Optional.of(new RoundRecord.Counts(20, 80, 100, 0, 0, 0, 100, 0)),
              Optional.of(List.of(40L, 40L)),
              List.of(
                  new RoundRecord.OfType(
                      "A",
                      Optional.of(20L),
                      Optional.of(List.of(40L, 40L)),
                      100,
                      100,
                      0,
                      0,
                      Optional.empty()))));
    }
  }

  private AuditEngine.Builder engine() {
    return AuditEngine.builder(queue)
        .handler(
            event -> {
              decided.await();
            })
        .workers(1, 10)
        .deadline(DEADLINE)
        .emergencyLimit(RateLimit.of(60).perMinute())
        .history(history)
        .listener(
            new EngineListener() {
              @Override
              public void decided(ScalingDecision decision, QueueStats stats) {
                first.compareAndSet(null, decision);
                decided.countDown();
              }
            });
  }

  /** Runs a round of 20 events until the first decision is made. */
  private ScalingDecision firstDecision(AuditEngine engine) throws InterruptedException {
    queue.publish(
        IntStream.range(0, 20).mapToObj(i -> AuditEvent.of("e" + i, A, "wallet")).toList());
    Thread round = new Thread(engine::runRound);
    round.start();
    decided.await();
    engine.close();
    round.join();
    return first.get();
  }

  @Test
  void theLimitIsRaisedForWhatIsStillToCome() throws InterruptedException {
    pastRounds(12);
    try (AuditEngine engine = engine().build()) {
      assertThat(engine.forecast().orElseThrow().total().mean()).isCloseTo(100, within(1e-6));

      ScalingDecision decision = firstDecision(engine);

      assertThat(decision.reason()).isEqualTo(Reason.ARRIVALS_FORECAST);
      assertThat(decision.limit().perMinute()).isBetween(33.0, 45.0);
      assertThat(engine.health().notes()).isEmpty();
    }
  }

  @Test
  void withoutForecastsOnlyWhatIsThereCounts() throws InterruptedException {
    pastRounds(12);
    try (AuditEngine engine = engine().withoutForecasts().build()) {
      assertThat(engine.forecast()).isEmpty();

      assertThat(firstDecision(engine).limit()).isEqualTo(RateLimit.of(20).perMinute());
    }
  }

  @Test
  void tooFewRoundsAreNotReliedOn() throws InterruptedException {
    pastRounds(5);
    try (AuditEngine engine = engine().build()) {
      assertThat(engine.forecast().orElseThrow().distrust()).isPresent();

      assertThat(firstDecision(engine).limit()).isEqualTo(RateLimit.of(20).perMinute());
    }
  }
}
