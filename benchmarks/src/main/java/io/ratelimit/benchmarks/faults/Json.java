package io.ratelimit.benchmarks.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** An object in JSON, in the making. */
final class Json {

  private static final int FIRST_PRINTABLE = 0x20;

  private final List<String> members = new ArrayList<>();

  private Json raw(String name, String value) {
    members.add(quoted(name) + ":" + value);
    return this;
  }

  Json text(String name, String value) {
    return raw(name, quoted(value));
  }

  Json texts(String name, List<String> values) {
    return raw(name, values.stream().map(Json::quoted).collect(Collectors.joining(",", "[", "]")));
  }

  Json number(String name, long value) {
    return raw(name, Long.toString(value));
  }

  Json number(String name, OptionalLong value) {
    return raw(name, value.isPresent() ? Long.toString(value.getAsLong()) : "null");
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
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
