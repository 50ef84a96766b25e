package io.ratelimit.cli.option;

import io.lettuce.core.RedisURI;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is, as a user gave it.
 *
 * @param uri what Lettuce understands by it
 */
public record RedisAddress(RedisURI uri) {

  private static final Pattern HOST =
      Pattern.compile("[\\p{L}\\p{N}._-]*|\\[?[0-9a-fA-F:.]+(%\\w+)?]?");

  /**
   * Reads a URI.
   *
   * @throws InputException if it has another form
   */
  public static RedisAddress parse(String text) {
    try {
      RedisURI uri = RedisURI.create(text);
      if (isHost(uri.getHost())) {
        return new RedisAddress(uri);
      }
    } catch (RuntimeException refused) {
      throw refusal(text);
    }
    throw refusal(text);
  }

  /** Not what is left of a password whose host was forgotten. */
  private static boolean isHost(@Nullable String host) {
    return host == null || HOST.matcher(host).matches();
  }

  /** Lettuce's own message may show the password. */
  private static InputException refusal(String text) {
    return new InputException(
        "--redis must look like redis://host:6379, rediss://user:password@host or"
            + " redis-sentinel://host#master but is "
            + Texts.quoted(Texts.withoutPassword(text)));
  }
}
