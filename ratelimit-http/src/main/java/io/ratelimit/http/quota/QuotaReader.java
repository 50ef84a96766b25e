package io.ratelimit.http.quota;

import java.net.http.HttpHeaders;
import java.time.Instant;

/** Reads what an API's header fields say about its quota. A pure function that never throws. */
@FunctionalInterface
public interface QuotaReader {

  /**
   * Reads header fields.
   *
   * @param now when the answer came; for dates, only where it has no {@code Date} of its own
   */
  RemoteQuota read(HttpHeaders headers, Instant now);

  /** Returns the reader of every dialect that {@link RemoteQuota#of} knows. */
  static QuotaReader standard() {
    return RemoteQuota::of;
  }

  /** Returns a reader of what this one and another read. */
  default QuotaReader and(QuotaReader other) {
    return (headers, now) -> read(headers, now).and(other.read(headers, now));
  }
}
