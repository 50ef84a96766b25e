package io.ratelimit.http.quota;

import io.ratelimit.http.quota.RemoteQuota.Policy;
import io.ratelimit.http.quota.RemoteQuota.Remaining;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A field for each number: {@code …Limit}, {@code …Remaining} and {@code …Reset}. */
final class SeparateFields {

  /** A limit says its window only as {@code 100, 100;w=60}. */
  static List<Policy> policies(HttpHeaders headers, String prefix) {
    return StructuredQuota.policies(headers.allValues(prefix + "Limit"));
  }

  /** Of several values the smallest number and the longest time. */
  static Optional<Remaining> remaining(HttpHeaders headers, String prefix, Instant sentAt) {
    return headers.allValues(prefix + "Remaining").stream()
        .flatMap(value -> Numbers.whole(value).stream())
        .min(Comparator.naturalOrder())
        .map(
            left ->
                new Remaining(
                    "",
                    left,
                    headers.allValues(prefix + "Reset").stream()
                        .flatMap(value -> ResetTimes.reset(value, sentAt).stream())
                        .max(Comparator.naturalOrder())));
  }

  private SeparateFields() {}
}
