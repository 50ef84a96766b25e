package io.ratelimit.examples;

import static java.util.concurrent.CompletableFuture.failedFuture;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.redis.RedisEventQueue;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** An HTTP client whose calls obey the same limit as the audits of a queue. */
public final class LimitedCalls {

  private final HttpClient http = HttpClient.newHttpClient();
  private final RateLimiter limiter;

  LimitedCalls(RateLimiter limiter) {
    this.limiter = limiter;
  }

  // docs/limiter.md
  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    limiter.acquire();
    return http.send(request, BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest request, Duration atMost) {
    return limiter
        .acquireAsync(1, atMost)
        .thenCompose(
            answer ->
                answer instanceof AcquireResult.Granted
                    ? http.sendAsync(request, BodyHandlers.ofString())
                    : failedFuture(new IOException("no permit within " + atMost + ": " + answer)));
  }

  // docs/limiter.md

  /**
   * Gets the URI in the second argument, under the limit of the queue in the Redis that the first
   * argument names.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    try (EventQueue queue =
            RedisEventQueue.connect(args[0], "audits", RateLimit.of(20).perMinute());
        RateLimiter limiter = RateLimiter.of(queue)) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(args[1])).build();
      System.out.println(new LimitedCalls(limiter).send(request).body());
    }
  }
}
