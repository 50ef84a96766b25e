package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import java.time.Duration;
import java.util.Optional;

/** Rounds that are kept, and forecast from those before. */
public final class ForecastRounds {

  // docs/forecasts.md
  /** Prepares an engine that keeps its rounds, for example in a file. */
  static AuditEngine engine(EventQueue queue, AuditEventHandler handler, RoundHistory history) {
    return AuditEngine.builder(queue)
        .handler(handler)
        .workers(1, 10)
        .deadline(Duration.ofMinutes(3))
        .emergencyLimit(RateLimit.of(60).perMinute())
        .history(history)
        .build();
  }

  /** Says what the next round is likely to bring; nothing while that is not relied on. */
  static Optional<String> next(AuditEngine engine) {
    return engine
        .forecast()
        .filter(forecast -> forecast.distrust().isEmpty())
        .map(RoundForecast::total)
        .map(
            total ->
                "%.0f events, %.0f to %.0f".formatted(total.mean(), total.low(), total.high()));
  }

  // docs/forecasts.md

  private ForecastRounds() {}
}
