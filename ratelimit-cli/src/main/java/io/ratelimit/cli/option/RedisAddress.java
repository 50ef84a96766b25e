package io.ratelimit.cli.option;

import io.lettuce.core.RedisURI;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;

/**
 * Where Redis is, as a user gave it.
 *
 * @param uri what Lettuce understands by it
 */
public record RedisAddress(RedisURI uri) {

  /**
   * Reads a URI.
   *
   * @throws InputException if it has another form
   */
  public static RedisAddress parse(String text) {
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
