package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.forecast.RoundForecast.Prediction;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.Workload;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The work still to come, from the forecast and the queue's counters. */
class ForesightTest {

  private static final EventType A = EventType.of("A").withProcessingTime(Duration.ofSeconds(4));
  private static final Duration BEGIN = Duration.ZERO;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final VirtualTime time = VirtualTime.atEpoch();
  private final InMemoryEventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build();
  private int published;

  @AfterEach
  void close() {
    queue.close();
  }

  /**
   * Returns a forecast of 100 events of types A and B, a fifth of them at the beginning and the
   * others within a minute.
   */
  private RoundForecast forecast(int judged) {
    return new RoundForecast(
        time.now(),
        new Prediction(100, 80, 120),
        Map.of("A", new Prediction(75, 70, 80), "REBALANCE_NEEDED", new Prediction(25, 20, 30)),
        Map.of(),
        List.of(0.2, 1.0),
        judged,
        0.1,
        0.1);
  }

  private void publish(int events, int weight) {
    queue.publish(
        IntStream.range(0, events)
            .mapToObj(i -> AuditEvent.of("e" + published++, A, "wallet").withWeight(weight))
            .toList());
  }

  private Workload arriving(Foresight foresight, Duration elapsed) {
    return foresight.arriving(queue.stats(), elapsed, Expectations.NONE);
  }

  @Test
  void nothingIsForeseenWithoutAForecastThatIsReliedOn() {
    publish(20, 1);

    assertThat(arriving(Foresight.none(), BEGIN).isEmpty()).isTrue();
    assertThat(arriving(Foresight.of(forecast(9), type -> true), BEGIN).isEmpty()).isTrue();
  }

  @Test
  void whatIsStillToComeIsOfTheTypesThatAreExpected() {
    publish(20, 1);

    Workload arriving = arriving(Foresight.of(forecast(10), type -> true), BEGIN);

    // (100 + 20) / (100 / 100 + 0.2) · 0.8 = 80: 60 of 4 s, 20 of 8 s.
    assertThat(arriving.events()).isEqualTo(80);
    assertThat(arriving.totalSeconds()).isEqualTo(60 * 4 + 20 * 8);
  }

  @Test
  void whatWasPublishedBeforeTheRoundAndIsDoneDoesNotCount() {
    publish(500, 1);
    queue.clear(ClearScope.ALL);
    publish(20, 1);
    Foresight foresight = Foresight.of(forecast(10), type -> true);
    assertThat(arriving(foresight, BEGIN).events()).isEqualTo(80);

    publish(40, 1);

    // (100 + 60) / (1 + 0.6) · 0.4.
    assertThat(arriving(foresight, Duration.ofSeconds(30)).events()).isEqualTo(40);
    assertThat(arriving(foresight, MINUTE).isEmpty()).isTrue();
  }

  @Test
  void theyWeighWhatThoseThatWaitWeigh() {
    publish(10, 1);
    publish(10, 3);

    Workload arriving = arriving(Foresight.of(forecast(10), "A"::equals), BEGIN);

    assertThat(arriving.events()).isEqualTo(60);
    assertThat(arriving.permits()).isEqualTo(120);
    assertThat(arriving.heaviest()).isEqualTo(3);
  }

  @Test
  void typesWithoutAHandlerHereAreLeftOut() {
    publish(20, 1);

    assertThat(arriving(Foresight.of(forecast(10), "REBALANCE_NEEDED"::equals), BEGIN).events())
        .isEqualTo(20);
  }

  @Test
  void aTypeThatTheQueueHasNotSeenTakesAsLongAsIsForecast() {
    RoundForecast known = forecast(10);
    RoundForecast timed =
        new RoundForecast(
            known.at(),
            known.total(),
            known.byType(),
            Map.of("REBALANCE_NEEDED", new Prediction(2.5, 2, 3)),
            known.come(),
            10,
            0.1,
            0.1);
    publish(20, 1);

    assertThat(arriving(Foresight.of(timed, "REBALANCE_NEEDED"::equals), BEGIN).totalSeconds())
        .isEqualTo(20 * 2.5);
  }

  @Test
  void whereTypesAreNotKnownTheNumberIs() {
    publish(20, 1);
    RoundForecast untyped =
        new RoundForecast(
            time.now(),
            new Prediction(100, 80, 120),
            Map.of(),
            Map.of(),
            List.of(0.2, 1.0),
            10,
            0.1,
            0.1);

    assertThat(arriving(Foresight.of(untyped, type -> true), BEGIN).events()).isEqualTo(80);
  }
}
