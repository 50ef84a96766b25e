package io.ratelimit.http.request;

/**
 * Signs requests: adds what an API wants to know them by, like a time, a nonce and a signature over
 * both. Must be thread-safe, and return soon. What it throws fails the attempt.
 */
@FunctionalInterface
public interface RequestSigner {

  /** Returns a request with what proves whose it is. Called once for each attempt. */
  ApiRequest sign(ApiRequest request);
}
