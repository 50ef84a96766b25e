package io.ratelimit.core.internal.queue;

import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.LimitKey;
import java.util.List;

/**
 * The limits and keys that the starts in one line draw from.
 *
 * @param isOwn whether they draw from the queue's own limit
 * @param keys the keys of named limits, in order
 */
public record Combination(boolean isOwn, List<LimitKey> keys) {

  public static Combination of(Charges charges) {
    return new Combination(
        charges.permits() > 0, charges.named().stream().map(Charge::key).toList());
  }
}
