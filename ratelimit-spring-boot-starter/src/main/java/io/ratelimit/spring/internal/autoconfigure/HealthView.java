package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineHealth;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.spring.RateLimitProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;

/** Decides on health without Spring Boot's types, which differ between versions. */
final class HealthView {

  /** The name of a Spring Boot status, and details. */
  record Verdict(String status, Map<String, Object> details) {}

  private final EventQueue queue;
  private final ObjectProvider<AuditEngine> engine;
  private final ObjectProvider<EngineLifecycle> lifecycle;
  private final RateLimitProperties properties;

  HealthView(
      EventQueue queue,
      ObjectProvider<AuditEngine> engine,
      ObjectProvider<EngineLifecycle> lifecycle,
      RateLimitProperties properties) {
    this.queue = queue;
    this.engine = engine;
    this.lifecycle = lifecycle;
    this.properties = properties;
  }

  Verdict look() {
    Map<String, Object> details = new LinkedHashMap<>();
    boolean queueAnswers = lookAtQueue(details);
    String ofEngine = lookAtEngine(details);
    return new Verdict(queueAnswers ? ofEngine : "DOWN", details);
  }

  private boolean lookAtQueue(Map<String, Object> details) {
    details.put("queue", queue.name().orElse(properties.queue().name()));
    LimitSettings settings;
    try {
      settings = queue.limitControl().settings();
    } catch (QueueException | IllegalStateException failure) {
      details.put("problem", String.valueOf(failure.getMessage()));
      return false;
    }
    details.put("limit", settings.inForce(queue.time().now()).toString());
    if (settings.pause().isPresent()) {
      details.put("paused", true);
    }
    RateLimit configured = properties.limit();
    if (configured != null && !configured.equals(settings.normal())) {
      details.put("configuredLimit", configured.toString());
    }
    if (!queue.notes().isEmpty()) {
      details.put("notes", queue.notes());
    }
    return true;
  }

  /**
   * Reports a degraded engine as up, so that it does not hide other problems of the application.
   */
  private String lookAtEngine(Map<String, Object> details) {
    AuditEngine there = engine.getIfUnique();
    if (there == null) {
      return "UP";
    }
    EngineHealth health = there.health();
    EngineLifecycle started = lifecycle.getIfUnique();
    boolean meantToRest = started == null || !started.isRunning();
    details.put("engine", health.status().name());
    if (!health.reasons().isEmpty()) {
      details.put("reasons", health.reasons());
    }
    details.put("workers", health.workers());
    details.put("runningAttempts", health.runningAttempts());
    health.sinceEventTaken().ifPresent(age -> details.put("sinceEventTaken", age.toString()));
    if (!health.leftToOthers().isEmpty()) {
      details.put("leftToOthers", health.leftToOthers());
    }
    if (health.status() != EngineHealth.Status.DOWN) {
      return "UP";
    }
    return meantToRest ? "UNKNOWN" : "DOWN";
  }
}
