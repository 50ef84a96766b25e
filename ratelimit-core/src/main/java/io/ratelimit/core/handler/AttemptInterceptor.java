package io.ratelimit.core.handler;

import io.ratelimit.core.internal.handler.MdcInterceptor;
import java.util.concurrent.CompletionStage;

/**
 * Surrounds attempts, whatever their handler: for traces, logs, metrics. Called in the thread in
 * which the handler is called. Must be thread-safe.
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
     * Calls the next one. Never throws: what went wrong, the stage fails with. A blocking handler
     * is done when this returns, and the stage is complete.
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
   * wallet}, {@code attempt}. What it found there, it puts back.
   */
  static AttemptInterceptor mdc() {
    return new MdcInterceptor();
  }
}
