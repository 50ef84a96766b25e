package io.ratelimit.redis.internal.wire;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.PublishTerms.Expired;
import io.ratelimit.core.queue.PublishTerms.Expiry;
import io.ratelimit.core.queue.PublishTerms.Place;

/** Converts publish terms to arguments of the script. */
public final class WireTerms {

  /** Returns "d" or "f", for discarded or failed, and the expiry in microseconds. */
  public static String expiry(Expiry expiry) {
    return (expiry.then() == Expired.FAILED ? "f" : "d") + Micros.ceiling(expiry.after());
  }

  /** Returns the place of an event that replaces another; empty if events do not replace others. */
  public static String place(PublishTerms terms) {
    return terms.latest().map(latest -> latest.place() == Place.KEPT ? "kept" : "new").orElse("");
  }

  /** Returns the suffix for an event's charges: "!l" and its URL-encoded key, if it has one. */
  public static String key(PublishTerms terms, AuditEvent event) {
    return terms
        .latest()
        .flatMap(latest -> latest.of(event))
        .map(key -> "!l" + WireLimits.encoded(key))
        .orElse("");
  }

  private WireTerms() {}
}
