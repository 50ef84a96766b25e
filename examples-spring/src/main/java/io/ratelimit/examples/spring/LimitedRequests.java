package io.ratelimit.examples.spring;

import io.ratelimit.core.limiter.RateLimiter;
import java.io.IOException;
import java.io.InterruptedIOException;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

// docs/limiter.md
/** Makes the requests of a {@code RestClient} wait for permits of the limit that audits obey. */
record LimitedRequests(RateLimiter limiter) implements ClientHttpRequestInterceptor {

  @Override
  public ClientHttpResponse intercept(
      HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
    try {
      limiter.acquire();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a permit");
    }
    return execution.execute(request, body);
  }
}

// docs/limiter.md
