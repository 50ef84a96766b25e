package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.http.HttpAuditHandler;
import io.ratelimit.http.feedback.QuotaFeedback;
import io.ratelimit.http.request.ApiToken;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A host that audits over a real API and respects the quota that the API reports. */
public final class HttpAuditService {

  static RoundReport drain(URI api, ApiToken token, List<AuditEvent> events) {
    // docs/http.md
    RateLimit limit = RateLimit.of(20).perMinute().withMargin(Duration.ofSeconds(1));
    EventQueue queue = InMemoryEventQueue.create(limit);
    HttpAuditHandler handler =
        HttpAuditHandler.builder(api)
            .token(token)
            .endpoint(EventType.REBALANCE_NEEDED, "POST /wallets/{wallet}/rebalance")
            .otherwise("POST /wallets/{wallet}/audit?reason={type}")
            .requestTimeout(Duration.ofSeconds(20))
            .onAnswer(QuotaFeedback.into(queue.limitControl(), limit))
            .build();
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(handler)
            .workers(1, 10)
            .deadline(Duration.ofMinutes(3))
            .build();
    queue.publish(events);
    RoundReport report = engine.runRound();
    // docs/http.md
    return report;
  }

  /** Audits two wallets over the API that the first argument names. */
  public static void main(String[] args) {
    List<AuditEvent> events =
        List.of(
            AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"),
            AuditEvent.of("event-2", EventType.REBALANCE_NEEDED, "wallet-2"));
    ApiToken token = ApiToken.fromEnvironment("RATELIMIT_API_TOKEN");
    System.out.println(drain(URI.create(args[0]), token, events));
  }

  private HttpAuditService() {}
}
