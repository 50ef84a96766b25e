package io.ratelimit.redis.internal.script;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A script's reply, read from front to back. */
public final class Reply {

  private final List<? extends @Nullable Object> values;
  private int next;

  public Reply(List<? extends @Nullable Object> values) {
    this.values = values;
  }

  public boolean hasNext() {
    return next < values.size();
  }

  /** Returns the next values as a separate reply. */
  public Reply next(int count) {
    next += count;
    return new Reply(values.subList(next - count, next));
  }

  public long number() {
    Object value = requireNonNull(values.get(next++));
    return value instanceof byte[] digits
        ? Long.parseLong(new String(digits, UTF_8))
        : (Long) value;
  }

  public OptionalLong optionalNumber() {
    if (values.get(next) == null) {
      next++;
      return OptionalLong.empty();
    }
    return OptionalLong.of(number());
  }

  public Optional<String> optionalText() {
    if (values.get(next) == null) {
      next++;
      return Optional.empty();
    }
    return Optional.of(text());
  }

  public byte[] bytes() {
    return (byte[]) requireNonNull(values.get(next++));
  }

  public String text() {
    return new String(bytes(), UTF_8);
  }
}
