package io.ratelimit.redis.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Named limits as they are in Redis. Names and keys are encoded as in a URL; a key is "limit=key",
 * and "/limit=key:cost" a charge. A limit is "maxInFlight retriesHold" and then "|" and "permits
 * period burst margin" for each window, in microseconds; what there is not is a "-".
 */
public final class WireLimits {

  private static final String NONE = "-";

  public static String encoded(String nameOrKey) {
    return URLEncoder.encode(nameOrKey, UTF_8);
  }

  public static String decoded(String text) {
    return URLDecoder.decode(text, UTF_8);
  }

  public static String key(LimitKey key) {
    return encoded(key.limit()) + '=' + encoded(key.key());
  }

  /** Reads what {@link #key} has written. */
  public static LimitKey parseKey(String text) {
    int end = text.indexOf('=');
    return new LimitKey(decoded(text.substring(0, end)), decoded(text.substring(end + 1)));
  }

  /** Reads one window. */
  public static RateLimit window(String text) {
    return WireSettings.limit(text);
  }

  public static String charges(List<Charge> charges) {
    StringBuilder text = new StringBuilder();
    for (Charge charge : charges) {
      text.append('/').append(key(charge.key())).append(':').append(charge.cost());
    }
    return text.toString();
  }

  public static String limit(NamedLimit limit) {
    StringBuilder text = new StringBuilder();
    if (limit.maxInFlight().isPresent()) {
      text.append(limit.maxInFlight().getAsInt());
    } else {
      text.append(NONE);
    }
    text.append(limit.retriesHold() ? " 1" : " 0");
    for (RateLimit window : limit.windows()) {
      text.append('|').append(WireSettings.limit(window));
    }
    return text.toString();
  }

  /**
   * Reads what the store has of a limit: "forgottenUntil " and then the limit.
   *
   * @throws QueueException if the text has another form
   */
  public static NamedLimit limit(String name, String text) {
    try {
      String[] parts = text.split("\\|", -1);
      String[] head = parts[0].split(" ", -1);
      List<RateLimit> windows = new ArrayList<>();
      for (int i = 1; i < parts.length; i++) {
        windows.add(WireSettings.limit(parts[i]));
      }
      return new NamedLimit(
          decoded(name),
          windows,
          head[1].equals(NONE) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(head[1])),
          head[2].equals("1"));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException damaged) {
      throw new QueueException(
          "the limit " + name + " in Redis cannot be read: \"" + text + "\". Set it anew", damaged);
    }
  }

  private WireLimits() {}
}
