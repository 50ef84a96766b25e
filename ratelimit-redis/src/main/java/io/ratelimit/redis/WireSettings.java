package io.ratelimit.redis;

import io.ratelimit.core.limit.Emergency;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import java.util.Optional;

/**
 * Settings as they are in Redis: "version changedAt limit emergencyLimit emergencyUntil pause",
 * where a limit is "permits period burst margin", times are in microseconds, what there is not is a
 * "-", and a pause that lasts until someone resumes is "inf".
 *
 * @param text the settings as Redis has them
 * @param changedAt when they were last changed explicitly; 0 for a queue's initial ones
 * @param settings the settings
 */
record WireSettings(String text, long changedAt, LimitSettings settings) {

  private static final String NONE = "-";

  static WireSettings initial(RateLimit limit) {
    return parse("1 0 " + limit(limit) + " - - - - - -");
  }

  static String limit(RateLimit limit) {
    return limit.permits()
        + " "
        + Micros.ceiling(limit.period())
        + " "
        + limit.burst()
        + " "
        + Micros.ceiling(limit.margin());
  }

  static WireSettings parse(String text) {
    String[] parts = text.split(" ", -1);
    Optional<Emergency> emergency =
        parts[6].equals(NONE)
            ? Optional.empty()
            : Optional.of(
                new Emergency(limit(parts, 6), Micros.toInstant(Long.parseLong(parts[10]))));
    Optional<Pause> pause =
        switch (parts[11]) {
          case NONE -> Optional.empty();
          case "inf" -> Optional.of(Pause.untilResumed());
          default -> Optional.of(Pause.until(Micros.toInstant(Long.parseLong(parts[11]))));
        };
    return new WireSettings(
        text,
        Long.parseLong(parts[1]),
        new LimitSettings(limit(parts, 2), emergency, pause, Long.parseLong(parts[0])));
  }

  private static RateLimit limit(String[] parts, int from) {
    return new RateLimit(
        Integer.parseInt(parts[from]),
        Micros.toDuration(Long.parseLong(parts[from + 1])),
        Integer.parseInt(parts[from + 2]),
        Micros.toDuration(Long.parseLong(parts[from + 3])));
  }
}
