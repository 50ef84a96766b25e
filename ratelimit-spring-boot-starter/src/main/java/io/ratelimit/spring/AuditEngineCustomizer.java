package io.ratelimit.spring;

import io.ratelimit.core.engine.AuditEngine;

/**
 * Changes the engine before it is built, for settings without a property. Define it as a bean; all
 * such beans are applied.
 */
@FunctionalInterface
public interface AuditEngineCustomizer {

  /** Changes the engine that is about to be built. Handlers and properties are set already. */
  void customize(AuditEngine.Builder builder);
}
