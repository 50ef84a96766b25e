package io.ratelimit.http.quota;

import java.net.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Header fields in tests. */
public final class Fields {

  static final String DATE = "Sun, 06 Nov 1994 08:49:37 GMT";

  /** Returns fields from lines such as {@code Retry-After: 5}. */
  public static HttpHeaders of(String... lines) {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      fields
          .computeIfAbsent(line.substring(0, colon), name -> new java.util.ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return HttpHeaders.of(fields, (name, value) -> true);
  }

  private Fields() {}
}
