package io.ratelimit.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A script's reply, read from front to back. */
final class Reply {

  private final List<? extends @Nullable Object> values;
  private int next;

  Reply(List<? extends @Nullable Object> values) {
    this.values = values;
  }

  boolean hasNext() {
    return next < values.size();
  }

  /** The next values, as a reply of their own. */
  Reply next(int count) {
    next += count;
    return new Reply(values.subList(next - count, next));
  }

  long number() {
    Object value = requireNonNull(values.get(next++));
    return value instanceof byte[] digits
        ? Long.parseLong(new String(digits, UTF_8))
        : (Long) value;
  }

  OptionalLong optionalNumber() {
    if (values.get(next) == null) {
      next++;
      return OptionalLong.empty();
    }
    return OptionalLong.of(number());
  }

  Optional<String> optionalText() {
    if (values.get(next) == null) {
      next++;
      return Optional.empty();
    }
    return Optional.of(text());
  }

  byte[] bytes() {
    return (byte[]) requireNonNull(values.get(next++));
  }

  String text() {
    return new String(bytes(), UTF_8);
  }
}
