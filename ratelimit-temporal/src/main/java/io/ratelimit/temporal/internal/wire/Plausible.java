package io.ratelimit.temporal.internal.wire;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.report.Spread;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks every field of a foreign message, however deeply nested: no sum overflows, no number is
 * NaN, and nothing is missing or huge. Each record checks the meaning of its own values.
 */
public final class Plausible {

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

  /** Sums of the longest durations that options may have. */
  private static final Duration LONGEST = Requirements.LONGEST.multipliedBy(10);

  private static final long MOST = 1_000_000_000_000_000L;
  private static final int MOST_CHARACTERS = 10_000;
  private static final int MOST_ELEMENTS = 10_000;

  /**
   * Returns the message if all its values are plausible.
   *
   * @throws IllegalArgumentException if one is not; the message names the field
   */
  public static <T> T require(T message) {
    check(message.getClass().getSimpleName(), message);
    return message;
  }

  private static void check(String field, @Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException(field + " is missing");
    } else if (value instanceof Spread spread) {
      // Its sums never overflow, and those of many long waits are more nanoseconds than MOST.
      check(field + ".counts", spread.counts());
      check(field + ".longest", spread.longest());
    } else if (value instanceof Record fields) {
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        check(field + '.' + component.getName(), read(component, fields));
      }
    } else if (value instanceof Optional<?> optional) {
      optional.ifPresent(present -> check(field, present));
    } else if (value instanceof Collection<?> elements) {
      requireFew(field, "elements", elements.size(), MOST_ELEMENTS);
      elements.forEach(element -> check(field, element));
    } else if (value instanceof Map<?, ?> entries) {
      requireFew(field, "entries", entries.size(), MOST_ELEMENTS);
      entries.forEach(
          (key, entry) -> {
            check(field, key);
            check(field, entry);
          });
    } else if (value instanceof CharSequence text) {
      requireFew(field, "characters", text.length(), MOST_CHARACTERS);
    } else {
      requireInRange(field, value);
    }
  }

  private static void requireInRange(String field, Object value) {
    boolean within =
        value instanceof Instant time
            ? !time.isBefore(EARLIEST) && !time.isAfter(LATEST)
            : value instanceof Duration duration
                ? duration.abs().compareTo(LONGEST) <= 0
                : value instanceof Double number
                    ? Math.abs(number) <= MOST
                    : !(value instanceof Number whole)
                        || (whole.longValue() >= 0 && whole.longValue() <= MOST);
    if (!within) {
      throw new IllegalArgumentException(field + " is out of range: " + value);
    }
  }

  private static void requireFew(String field, String what, int count, int most) {
    if (count > most) {
      throw new IllegalArgumentException(
          field + " has more than " + most + ' ' + what + ": " + count);
    }
  }

  private static @Nullable Object read(RecordComponent component, Record fields) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(fields);
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError(impossible.getMessage(), impossible);
    }
  }

  private Plausible() {}
}
