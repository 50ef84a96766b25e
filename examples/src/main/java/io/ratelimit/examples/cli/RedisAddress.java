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
              + Texts.quoted(withoutPassword(text)));
    }
  }

  /** A URI with its password hidden. */
  static String withoutPassword(String uri) {
    int at = uri.lastIndexOf('@');
    int start = uri.indexOf("//") + 2;
    if (at < 0 || start < 2 || start > at) {
      return at < 0 ? uri : "***" + uri.substring(at);
    }
    String credentials = uri.substring(start, at);
    int colon = credentials.indexOf(':');
    String user = colon < 0 ? "" : credentials.substring(0, colon + 1);
    return uri.substring(0, start) + user + "***" + uri.substring(at);
  }
}
