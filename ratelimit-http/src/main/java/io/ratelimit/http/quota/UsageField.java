package io.ratelimit.http.quota;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Comparator;
import java.util.OptionalLong;

/**
 * A field that says how much of a limit is used, and which of the queue's limits that is.
 *
 * @param limit the name of the queue's limit
 * @param field the field; its number counts what the limit counts
 * @param period the period of the limit's window that the field is about
 */
public record UsageField(String limit, String field, Duration period) {

  /**
   * Creates a field.
   *
   * @throws IllegalArgumentException if a name is blank, or the period is not more than zero
   */
  public UsageField {
    Requirements.notBlank("the name of a limit", requireNonNull(limit, "limit"));
    Requirements.notBlank("field", requireNonNull(field, "field"));
    Requirements.positive("period", period);
  }

  /** Reads it: of several values the largest; empty if there is none, or a cache kept it. */
  public OptionalLong read(HttpHeaders headers) {
    if (RemoteQuota.isFromCache(headers)) {
      return OptionalLong.empty();
    }
    return headers.allValues(field).stream()
        .flatMap(value -> Numbers.whole(value).stream())
        .max(Comparator.naturalOrder())
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }
}
