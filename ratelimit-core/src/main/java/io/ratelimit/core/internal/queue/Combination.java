package io.ratelimit.core.internal.queue;

import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.LimitKey;
import java.util.List;

/**
 * What starts have in common that are in one line: they draw from the same limits and keys.
 *
 * @param isOwn whether they draw from the queue's own limit
 * @param keys those of named limits, in order
 */
public record Combination(boolean isOwn, List<LimitKey> keys) {

  public static Combination of(Charges charges) {
    return new Combination(
        charges.permits() > 0, charges.named().stream().map(Charge::key).toList());
  }
}
