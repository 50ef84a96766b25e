package io.ratelimit.spring;

import io.ratelimit.core.engine.AuditEngine;

/** Changes the engine before it is built, for what no property says. A bean; all are applied. */
@FunctionalInterface
public interface AuditEngineCustomizer {

  /** Changes the engine that is about to be built. Handlers and properties are set already. */
  void customize(AuditEngine.Builder builder);
}
