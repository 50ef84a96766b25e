package io.ratelimit.redis.internal.wire;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.PublishTerms.Expired;
import io.ratelimit.core.queue.PublishTerms.Expiry;
import io.ratelimit.core.queue.PublishTerms.Place;

/** The terms of a publication as the script takes them. */
public final class WireTerms {

  /** "d" or "f", for discarded or failed, and after how many microseconds. */
  public static String expiry(Expiry expiry) {
    return (expiry.then() == Expired.FAILED ? "f" : "d") + Micros.ceiling(expiry.after());
  }

  /** Returns where an event waits that replaces another; empty if none does. */
  public static String place(PublishTerms terms) {
    return terms.latest().map(latest -> latest.place() == Place.KEPT ? "kept" : "new").orElse("");
  }

  /**
   * Returns what is added to an event's charges: "!l" and its key, encoded as in a URL, if it has
   * one.
   */
  public static String key(PublishTerms terms, AuditEvent event) {
    return terms
        .latest()
        .flatMap(latest -> latest.of(event))
        .map(key -> "!l" + WireLimits.encoded(key))
        .orElse("");
  }

  private WireTerms() {}
}
