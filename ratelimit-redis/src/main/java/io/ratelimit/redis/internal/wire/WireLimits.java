package io.ratelimit.redis.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.NamedLimitSettings.LimitOverride;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Converts named limits to and from their form in Redis. Names and keys are URL-encoded; a key is
 * "limit=key", a charge "/limit=key:cost". A limit is "maxInFlight retriesHold", then " ^" and a
 * ceiling for each window that may be raised, then "|" and "permits period burst margin" for each
 * window, in microseconds; "-" stands for a missing value. A pattern is "limit=pattern", in which
 * an encoded asterisk stands for itself.
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

  /** Reads a key that {@link #key} has written. */
  public static LimitKey parseKey(String text) {
    int end = text.indexOf('=');
    return new LimitKey(decoded(text.substring(0, end)), decoded(text.substring(end + 1)));
  }

  /** Reads one window. */
  public static RateLimit window(String text) {
    return WireSettings.limit(text);
  }

  public static String pattern(KeyPattern keys) {
    return encoded(keys.limit())
        + '='
        + keys.parts().stream()
            .map(part -> encoded(part).replace("*", "%2A"))
            .collect(Collectors.joining("*"));
  }

  private static KeyPattern pattern(String name, String text) {
    return new KeyPattern(
        decoded(name),
        Arrays.stream(text.split("\\*", -1))
            .map(part -> decoded(part).replace("\\", "\\\\").replace("*", "\\*"))
            .collect(Collectors.joining("*")));
  }

  public static String windows(List<RateLimit> windows) {
    return windows.stream()
        .map(window -> '|' + WireSettings.limit(window))
        .collect(Collectors.joining());
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
    for (RateLimit high : limit.ceiling()) {
      text.append(" ^").append(WireSettings.limit(high));
    }
    return text.append(windows(limit.windows())).toString();
  }

  /**
   * Reads a limit as the store keeps it: "forgottenUntil " and the limit.
   *
   * @throws QueueException if the text has another form
   */
  public static NamedLimit limit(String name, String text) {
    try {
      String[] parts = text.split("\\|", -1);
      String[] ceilings = parts[0].split(" \\^", -1);
      String[] head = ceilings[0].split(" ", -1);
      return new NamedLimit(
          decoded(name),
          limits(parts),
          head[1].equals(NONE) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(head[1])),
          head[2].equals("1"),
          limits(ceilings));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException damaged) {
      throw damaged(name, text, damaged);
    }
  }

  private static QueueException damaged(String name, String text, RuntimeException cause) {
    return new QueueException(
        "the limit " + name + " in Redis cannot be read: \"" + text + "\". Set it again", cause);
  }

  /** Reads all parts but the first. */
  private static List<RateLimit> limits(String[] parts) {
    return Arrays.stream(parts).skip(1).map(WireSettings::limit).toList();
  }

  /**
   * Reads a limit as the store keeps it, with its overrides and demands.
   *
   * @throws QueueException if a text has another form
   */
  public static NamedLimitSettings settings(
      String name, String limit, String overrides, String demands) {
    NamedLimit read = limit(name, limit);
    try {
      return new NamedLimitSettings(
          read,
          overrides
              .lines()
              .skip(1)
              .map(
                  line -> {
                    String[] parts = line.split("\\|", -1);
                    String[] head = parts[0].split(" ", -1);
                    return new LimitOverride(pattern(name, head[1]), limits(parts));
                  })
              .toList(),
          demands
              .lines()
              .skip(1)
              .map(
                  line -> {
                    String[] parts = line.split("\\|", -1);
                    String[] head = parts[0].split(" ", -1);
                    return new NamedDemand(
                        pattern(name, head[2]),
                        decoded(head[0]),
                        limits(parts),
                        Micros.toInstant(Long.parseLong(head[1])));
                  })
              .toList());
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException damaged) {
      throw damaged(name, overrides + demands, damaged);
    }
  }

  private WireLimits() {}
}
