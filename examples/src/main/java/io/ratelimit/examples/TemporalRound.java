package io.ratelimit.examples;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.time.Duration;

/** A round whose manager is a Temporal workflow and whose workers are its activities. */
public final class TemporalRound {

  private static final String NAMESPACE = "default";

  static RoundReport drain(EventQueue queue, String temporal, EmbeddedRound.Exchange exchange) {
    // docs/temporal.md
    RateLimitWorker worker =
        RateLimitWorker.builder(queue).handler(exchange::audit).connect(temporal, NAMESPACE);
    RateLimitClient client =
        RateLimitClient.connect(temporal, NAMESPACE, RateLimitWorker.DEFAULT_TASK_QUEUE);
    try (worker;
        client) {
      client.start(
          "audit-1",
          ManagerOptions.round()
              .withDeadline(Duration.ofMinutes(3))
              .withWorkers(1, 10)
              .withEmergencyLimit(RateLimit.of(60).perMinute()));
      return client.result("audit-1", Duration.ofMinutes(4));
    }
    // docs/temporal.md
  }

  /**
   * Drains the queue in the Redis that the first argument names, with the Temporal server that the
   * second one names.
   */
  public static void main(String[] args) {
    try (EventQueue queue =
        RedisEventQueue.connect(args[0], "examples", RateLimit.of(20).perMinute())) {
      System.out.println(
          drain(queue, args[1], event -> System.out.println("auditing " + event.walletId())));
    }
  }

  private TemporalRound() {}
}
