package io.ratelimit.core.handler;

import io.ratelimit.core.internal.handler.MdcInterceptor;
import java.util.concurrent.CompletionStage;

/**
 * Surrounds attempts, whatever their handler, for example for traces, logs and metrics. Called in
 * the thread that calls the handler. Must be thread-safe.
 *
 * <pre>{@code
 * .interceptor((context, next) -> {
 *   Span span = tracer.start(context.event().id());
 *   try (Scope scope = span.makeCurrent()) {
 *     return next.proceed().whenComplete((done, failure) -> span.end());
 *   }
 * })
 * }</pre>
 */
@FunctionalInterface
public interface AttemptInterceptor {

  /** What an interceptor surrounds: the interceptors after it, and the handler. */
  @FunctionalInterface
  interface Next {

    /**
     * Calls the next one. Never throws; the stage fails instead. After a blocking handler, the
     * stage is already complete when this returns.
     */
    CompletionStage<?> proceed();
  }

  /**
   * Surrounds an attempt.
   *
   * @return the stage that decides about the attempt: {@code next.proceed()}, or one that depends
   *     on it
   * @throws Exception means that the attempt failed, as if its handler had thrown it
   */
  CompletionStage<?> around(AttemptContext context, Next next) throws Exception;

  /**
   * Returns an interceptor that puts the event's id, its type, its wallet and the number of the
   * attempt into SLF4J's MDC while the handler is called: {@code event}, {@code type}, {@code
   * wallet}, {@code attempt}. Afterward it restores the previous values.
   */
  static AttemptInterceptor mdc() {
    return new MdcInterceptor();
  }
}
