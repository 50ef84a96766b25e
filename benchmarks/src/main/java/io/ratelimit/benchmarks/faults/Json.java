package io.ratelimit.benchmarks.faults;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Builds a JSON object. */
final class Json {

  private static final int FIRST_PRINTABLE = 0x20;

  private final List<String> members = new ArrayList<>();

  @CanIgnoreReturnValue
  private Json raw(String name, String value) {
    members.add(quoted(name) + ":" + value);
    return this;
  }

  @CanIgnoreReturnValue
  Json text(String name, String value) {
    return raw(name, quoted(value));
  }

  @CanIgnoreReturnValue
  Json texts(String name, List<String> values) {
    return raw(name, values.stream().map(Json::quoted).collect(Collectors.joining(",", "[", "]")));
  }

  @CanIgnoreReturnValue
  Json number(String name, long value) {
    return raw(name, Long.toString(value));
  }

  @CanIgnoreReturnValue
  Json number(String name, OptionalLong value) {
    return raw(name, value.isPresent() ? Long.toString(value.getAsLong()) : "null");
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int n = 0; n < text.length(); n++) {
      char c = text.charAt(n);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < FIRST_PRINTABLE) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  @Override
  public String toString() {
    return "{" + String.join(",", members) + "}";
  }
}
