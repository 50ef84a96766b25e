package io.ratelimit.redis.internal.wire;

import io.ratelimit.core.queue.PublishTerms.Expired;
import io.ratelimit.core.queue.PublishTerms.Expiry;

/** The terms of a publication as the script takes them. */
public final class WireTerms {

  /** "d" or "f", for discarded or failed, and after how many microseconds. */
  public static String expiry(Expiry expiry) {
    return (expiry.then() == Expired.FAILED ? "f" : "d") + Micros.ceiling(expiry.after());
  }

  private WireTerms() {}
}
