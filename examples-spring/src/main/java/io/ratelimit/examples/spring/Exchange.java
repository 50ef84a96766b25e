package io.ratelimit.examples.spring;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The exchange's API, as the application sees it. */
interface Exchange {

  void audit(String walletId) throws TooManyRequests;

  CompletionStage<Void> addMargin(String walletId);

  /** HTTP status 429. */
  final class TooManyRequests extends Exception {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    TooManyRequests(Duration retryAfter) {
      super("the exchange wants a pause of " + retryAfter);
      this.retryAfter = retryAfter;
    }

    Duration retryAfter() {
      return retryAfter;
    }
  }
}
