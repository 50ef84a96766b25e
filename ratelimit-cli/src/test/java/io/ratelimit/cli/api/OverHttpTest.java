package io.ratelimit.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.time.Time;
import io.ratelimit.http.HttpAuditHandler;
import io.ratelimit.http.feedback.QuotaFeedback;
import io.ratelimit.http.request.ApiToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two engines on one queue, against an API with its own limit, in real time. */
@Timeout(60)
class OverHttpTest {

  private static final RateLimit API_LIMIT = RateLimit.of(20).perSecond();
  private static final int LANES = 4;
  private static final int ENGINES = 2;
  private static final ApiToken TOKEN = ApiToken.from(Map.of("T", "a-secret-token"), "T");

  private final List<AuditEngine> engines = new ArrayList<>();
  private final Outcomes outcomes = new Outcomes();
  private LimitedApi api;

  /** Records the outcomes of attempts. */
  private static final class Outcomes implements EngineListener {
    private final List<String> pauses = new CopyOnWriteArrayList<>();

    @Override
    public void attemptFinished(
        Lease lease,
        int worker,
        AttemptOutcome outcome,
        Duration processing,
        Settlement settlement) {
      if (outcome instanceof AttemptOutcome.Throttled throttled) {
        pauses.add(throttled.reason());
      }
    }
  }

  @BeforeEach
  void startApi() throws Exception {
    api = LimitedApi.builder(API_LIMIT).latency(Duration.ofMillis(20)).start();
    // The slow first request would look like jitter.
    HttpAuditHandler.builder(api.uri()).build().handle(event(-1));
  }

  @AfterEach
  void stop() {
    engines.forEach(AuditEngine::close);
    api.close();
  }

  private static AuditEvent event(int number) {
    return AuditEvent.of("event-" + number, EventType.NEW_BALANCE_UPDATE, "wallet-" + number);
  }

  private static InMemoryEventQueue queue(RateLimit limit, int events) {
    InMemoryEventQueue queue = InMemoryEventQueue.create(limit);
    queue.publish(IntStream.range(0, events).mapToObj(OverHttpTest::event).toList());
    return queue;
  }

  /** Each engine is like a separate process, with its own handler and feedback. */
  private void startEngines(InMemoryEventQueue queue, Duration quiet) {
    for (int i = 0; i < ENGINES; i++) {
      QuotaFeedback feedback =
          QuotaFeedback.into(queue.limitControl(), queue.limitControl().settings().normal())
              .withQuiet(quiet);
      AuditEngine engine =
          AuditEngine.builder(queue)
              .handler(HttpAuditHandler.builder(api.uri()).token(TOKEN).onAnswer(feedback).build())
              .workers(LANES, LANES)
              .listener(outcomes)
              .build();
      engines.add(engine);
      engine.start();
    }
  }

  private static void awaitDone(InMemoryEventQueue queue, int events) {
    await().atMost(Duration.ofSeconds(30)).until(() -> queue.stats().done() == events);
    QueueStats stats = queue.stats();
    assertThat(stats.isConserved()).isTrue();
    assertThat(stats.failed()).isZero();
  }

  @Test
  void withTheRightLimitAndAMarginNothingIsEverRefused() {
    Duration margin = Duration.ofSeconds(2);
    InMemoryEventQueue queue = queue(API_LIMIT.withMargin(margin), 30);
    startEngines(queue, Duration.ofMinutes(1));
    awaitDone(queue, 30);

    LimitedApi.Counts counts = api.counts();
    assertThat(counts.refused()).isZero();
    assertThat(counts.largestWindow()).isLessThanOrEqualTo(API_LIMIT.permits());
    assertThat(queue.limitControl().settings().normal()).isEqualTo(API_LIMIT.withMargin(margin));
    assertThat(outcomes.pauses).isEmpty();
  }

  @Test
  void withALimitThatIsTooHighItSettlesWithoutHammering() {
    RateLimit tooHigh = RateLimit.of(160).perSecond().withMargin(Duration.ofSeconds(1));
    InMemoryEventQueue queue = queue(tooHigh, 50);
    startEngines(queue, Duration.ofMinutes(1));
    awaitDone(queue, 50);

    // The first 429 pauses everyone. What can still be refused is what was on its way by then, at
    // most one request of each lane. When the pause ends the limit has been lowered, with its
    // margin.
    LimitedApi.Counts counts = api.counts();
    assertThat(counts.refused()).isEqualTo(outcomes.pauses.size());
    assertThat(counts.refused()).isLessThanOrEqualTo((long) ENGINES * LANES);
    assertThat(counts.largestWindow()).isLessThanOrEqualTo(API_LIMIT.permits());
    assertThat(queue.limitControl().settings().normal())
        .isEqualTo(
            RateLimit.of(160)
                .per(Duration.ofSeconds(8))
                .withBurst(1)
                .withMargin(Duration.ofSeconds(8)));
    assertThat(outcomes.pauses).allSatisfy(reason -> assertThat(reason).doesNotContain("secret"));
  }

  @Test
  void theLimitFollowsTheQuotaDownAndUpAgain() {
    InMemoryEventQueue queue = queue(API_LIMIT, 0);
    startEngines(queue, Duration.ofMillis(300));
    Feeder feeder = new Feeder(queue);

    api.changeLimit(RateLimit.of(5).perSecond());
    await().until(() -> feeder.feeds(RateLimit.of(20).per(Duration.ofSeconds(4)).withBurst(1)));
    api.changeLimit(API_LIMIT);
    await().until(() -> feeder.feeds(API_LIMIT));

    awaitDone(queue, feeder.published);
    assertThat(queue.limitControl().settings().isPaused(Time.system().now().plusSeconds(60)))
        .isFalse();
  }

  /** Keeps a queue busy, a few events at a time, until its limit changes. */
  private static final class Feeder {
    private final InMemoryEventQueue queue;
    private int published;

    Feeder(InMemoryEventQueue queue) {
      this.queue = queue;
    }

    boolean feeds(RateLimit until) {
      if (queue.stats().unfinished() < LANES) {
        queue.publish(event(published++));
      }
      return queue.limitControl().settings().normal().equals(until);
    }
  }
}
