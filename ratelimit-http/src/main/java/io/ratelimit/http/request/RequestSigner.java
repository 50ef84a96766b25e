package io.ratelimit.http.request;

/**
 * Signs requests: adds what an API requires, like a time, a nonce and a signature over both. Must
 * be thread-safe and return quickly. An exception fails the attempt.
 */
@FunctionalInterface
public interface RequestSigner {

  /** Returns the signed request. Called once for each attempt. */
  ApiRequest sign(ApiRequest request);
}
