package io.ratelimit.http;

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
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.time.Time;
import io.ratelimit.http.request.ApiToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** An engine whose token the API does not accept. */
class RefusedTokenTest {

  private static final int EVENTS = 20;
  private static final int LANES = 4;
  private static final ApiToken TOKEN = ApiToken.from(Map.of("T", "a-secret-token"), "T");

  /** Records the outcomes of attempts. */
  private static final class Pauses implements EngineListener {
    private final List<String> reasons = new CopyOnWriteArrayList<>();

    @Override
    public void attemptFinished(
        Lease lease,
        int worker,
        AttemptOutcome outcome,
        Duration processing,
        Settlement settlement) {
      if (outcome instanceof AttemptOutcome.Throttled throttled) {
        reasons.add(throttled.reason());
      }
    }
  }

  @Test
  void pausesEverybodyAndFailsNothing() throws Exception {
    Instant now = Time.system().now();
    InMemoryEventQueue queue = InMemoryEventQueue.create(RateLimit.of(100).perSecond());
    for (int i = 0; i < EVENTS; i++) {
      queue.publish(AuditEvent.of("e-" + i, EventType.BALANCE_CHECK_REQUIRED, "w-" + i));
    }
    Pauses pauses = new Pauses();
    try (RawServer refusing =
            RawServer.answering(
                "HTTP/1.1 401 no",
                "Connection: close",
                "Content-Length: 14",
                "",
                "a-secret-token");
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(HttpAuditHandler.builder(refusing.uri()).token(TOKEN).build())
                .workers(LANES, LANES)
                .listener(pauses)
                .build()) {
      engine.start();
      await().until(() -> !pauses.reasons.isEmpty() && queue.stats().leased() == 0);

      assertThat(queue.stats().failed()).isZero();
      assertThat(queue.stats().unfinished()).isEqualTo(EVENTS);
      assertThat(queue.limitControl().settings().isPaused(now.plus(Duration.ofMinutes(4))))
          .isTrue();
      assertThat(refusing.requests()).hasSizeLessThanOrEqualTo(LANES);
      assertThat(pauses.reasons)
          .allSatisfy(
              reason ->
                  assertThat(reason).contains("was answered 401: ***; the token is not accepted"));
    }
  }
}
