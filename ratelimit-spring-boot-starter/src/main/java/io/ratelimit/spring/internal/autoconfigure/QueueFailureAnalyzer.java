package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.queue.QueueUnavailableException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains that the server is missing when the application starts. */
final class QueueFailureAnalyzer extends AbstractFailureAnalyzer<QueueUnavailableException> {

  QueueFailureAnalyzer() {}

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, QueueUnavailableException cause) {
    return new FailureAnalysis(
        "The audit queue cannot be used: " + cause.getMessage(),
        "Start Redis, or correct spring.data.redis.* or ratelimit.redis.url. To run"
            + " without a server, for example during development, set"
            + " ratelimit.queue.store=memory.",
        cause);
  }
}
