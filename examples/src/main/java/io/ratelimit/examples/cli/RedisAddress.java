package io.ratelimit.examples.cli;

import io.lettuce.core.RedisURI;

/**
 * Where Redis is, as a user gave it.
 *
 * @param uri what Lettuce understands by it
 */
record RedisAddress(RedisURI uri) {

  /**
   * Reads a URI.
   *
   * @throws InputException if it has another form
   */
  static RedisAddress parse(String text) {
    try {
      return new RedisAddress(RedisURI.create(text));
    } catch (RuntimeException refused) {
      // Lettuce's own message may show the password.
      throw new InputException(
          "--redis must look like redis://host:6379, rediss://user:password@host or"
              + " redis-sentinel://host#master but is "
              + Texts.quoted(Texts.withoutPassword(text)));
    }
  }
}
