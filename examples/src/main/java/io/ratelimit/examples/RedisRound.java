package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.List;

/**
 * The same round over Redis: start it in as many processes as you like; they share the events and
 * the limit.
 */
public final class RedisRound {

  static RoundReport drain(String redis, String namespace, EmbeddedRound.Exchange exchange) {
    // docs/redis.md
    try (EventQueue queue =
            RedisEventQueue.connect(redis, namespace, RateLimit.of(20).perMinute());
        AuditEngine engine =
            AuditEngine.builder(queue)
                .handler(exchange::audit)
                .workers(1, 10)
                .deadline(Duration.ofMinutes(3))
                .emergencyLimit(RateLimit.of(60).perMinute())
                .build()) {
      queue.publish(
          List.of(
              AuditEvent.of("event-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"),
              AuditEvent.of("event-2", EventType.REBALANCE_NEEDED, "wallet-2")));
      return engine.runRound();
    }
    // docs/redis.md
  }

  /** Returns how many events wait in a queue that must exist. */
  static long waiting(String redis, String namespace) {
    // docs/redis.md
    try (RedisEventQueue queue = RedisEventQueue.connectExisting(redis, namespace)) {
      return queue.stats().pending();
    } catch (NoSuchQueueException typo) {
      throw new IllegalArgumentException("known are " + typo.similar(), typo);
    }
    // docs/redis.md
  }

  /** Audits two wallets over the Redis that the first argument names. */
  public static void main(String[] args) {
    System.out.println(
        drain(args[0], "examples", event -> System.out.println("auditing " + event.walletId())));
  }

  private RedisRound() {}
}
