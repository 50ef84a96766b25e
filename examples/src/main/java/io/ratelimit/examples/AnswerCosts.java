package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Limits;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Calls whose cost is known only from the answer. */
public final class AnswerCosts {

  private static final RateLimit NEVER_IN_THE_WAY = RateLimit.of(1_000).perSecond();

  // docs/limits.md
  /** Charges 1 for each hundred trades of a wallet's history; most have up to 500. */
  static Limits limits() {
    return Limits.builder()
        .limit("weight", RateLimit.of(6_000).perMinute())
        .cost("weight", event -> 5)
        .build();
  }

  static void audit(
      AuditEvent event, AttemptContext attempt, Function<String, List<String>> history) {
    List<String> trades = history.apply(event.walletId());
    attempt.cost("weight", Math.max(1, (trades.size() + 99) / 100));
  }

  // docs/limits.md

  // docs/limiter.md
  /** Reserves what the call costs, and gives it back if no call was necessary. */
  static String balance(
      RateLimiter limiter, String wallet, Function<String, Optional<String>> cache, Api api)
      throws InterruptedException {
    AcquireResult.Granted granted = limiter.acquire(2);
    Optional<String> cached = cache.apply(wallet);
    if (cached.isPresent()) {
      limiter.giveBack(granted, 2);
      return cached.get();
    }
    return api.balance(wallet);
  }

  // docs/limiter.md

  /** The API. */
  interface Api {
    String balance(String wallet);
  }

  static EventQueue queue() {
    return InMemoryEventQueue.builder(NEVER_IN_THE_WAY).limits(limits()).build();
  }

  static AuditEngine engine(EventQueue queue, Function<String, List<String>> history) {
    return AuditEngine.builder(queue)
        .handler(
            (event, attempt) -> {
              audit(event, attempt, history);
            })
        .workers(1, 1)
        .build();
  }

  private AnswerCosts() {}
}
