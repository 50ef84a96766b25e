package io.ratelimit.redis.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Settings in their form in Redis: "version changedAt unboundedAt heaviest limit ceiling pause
 * demands", then "owner until limit" for each demand. A limit is "permits period burst margin";
 * times are in microseconds; "-" stands for a missing value; an owner is URL-encoded; a pause until
 * someone resumes is "inf".
 *
 * @param text the settings as Redis has them
 * @param changedAt when they were last changed explicitly; 0 for a queue's initial settings
 * @param settings the settings
 */
public record WireSettings(String text, long changedAt, LimitSettings settings) {

  private static final String NONE = "-";

  public static WireSettings initial(RateLimit limit, Optional<RateLimit> ceiling) {
    return parse(
        "1 0 0 1 "
            + limit(limit)
            + " "
            + ceiling.map(WireSettings::limit).orElse("- - - -")
            + " - 0");
  }

  public static String owner(String owner) {
    return URLEncoder.encode(owner, UTF_8);
  }

  public static String limit(RateLimit limit) {
    return limit.permits()
        + " "
        + Micros.ceiling(limit.period())
        + " "
        + limit.burst()
        + " "
        + Micros.ceiling(limit.margin());
  }

  /**
   * Reads settings.
   *
   * @throws QueueException if the text has another form
   */
  public static WireSettings parse(String text) {
    try {
      return parsed(text);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException damaged) {
      throw new QueueException(
          "the settings of the limit in Redis cannot be read: \""
              + text
              + "\". Set the limit again, in the field settings of meta, or remove the namespace",
          damaged);
    }
  }

  private static WireSettings parsed(String text) {
    String[] parts = text.split(" ", -1);
    Optional<RateLimit> ceiling =
        parts[8].equals(NONE) ? Optional.empty() : Optional.of(limit(parts, 8));
    Optional<Pause> pause =
        switch (parts[12]) {
          case NONE -> Optional.empty();
          case "inf" -> Optional.of(Pause.untilResumed());
          default -> Optional.of(Pause.until(Micros.toInstant(Long.parseLong(parts[12]))));
        };
    List<Demand> demands = new ArrayList<>();
    for (int i = 14; i < parts.length; i += 6) {
      demands.add(
          new Demand(
              URLDecoder.decode(parts[i], UTF_8),
              limit(parts, i + 2),
              Micros.toInstant(Long.parseLong(parts[i + 1]))));
    }
    return new WireSettings(
        text,
        Long.parseLong(parts[1]),
        new LimitSettings(limit(parts, 4), ceiling, demands, pause, Long.parseLong(parts[0])));
  }

  /** Reads "permits period burst margin". */
  public static RateLimit limit(String text) {
    return limit(text.split(" ", -1), 0);
  }

  private static RateLimit limit(String[] parts, int from) {
    return new RateLimit(
        Integer.parseInt(parts[from]),
        Micros.toDuration(Long.parseLong(parts[from + 1])),
        Integer.parseInt(parts[from + 2]),
        Micros.toDuration(Long.parseLong(parts[from + 3])));
  }
}
