package io.ratelimit.spring;

import io.ratelimit.temporal.RateLimitWorker;

/**
 * Changes the Temporal worker before it registers. Define it as a bean; all such beans are applied.
 */
@FunctionalInterface
public interface RateLimitWorkerCustomizer {

  /** Changes the worker that is about to register. Handlers and properties are set already. */
  void customize(RateLimitWorker.Builder builder);
}
