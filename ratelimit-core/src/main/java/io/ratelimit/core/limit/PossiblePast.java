package io.ratelimit.core.limit;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What may have been in force in an unknown stretch of time: its starts obeyed one of these limits
 * at each moment, and none weighed more than this.
 *
 * @param limits at least one
 * @param heaviestWeight at least 1
 */
public record PossiblePast(List<RateLimit> limits, int heaviestWeight) {

  /**
   * Creates a possible past.
   *
   * @throws IllegalArgumentException if there is no limit or the weight is below 1
   */
  public PossiblePast {
    limits = List.copyOf(limits);
    if (limits.isEmpty()) {
      throw new IllegalArgumentException("limits must be at least one but there is none");
    }
    Requirements.atLeast("the heaviest weight", heaviestWeight, 1);
  }

  /**
   * Returns what settings admitted in the longest window up to a time: the normal limit, the
   * ceiling, and what is demanded, or was until a demand lapsed.
   *
   * @param now the time
   */
  public static PossiblePast under(LimitSettings settings, int heaviestWeight, Instant now) {
    List<RateLimit> limits = new ArrayList<>(List.of(settings.normal()));
    settings.ceiling().ifPresent(limits::add);
    List<Demand> lapsed = new ArrayList<>();
    for (Demand demand : settings.demands()) {
      if (demand.isLive(now)) {
        limits.add(settings.underCeiling(demand.limit()));
      } else {
        lapsed.add(demand);
      }
    }
    // The longest stretch that is assumed or counts.
    long longest = limits.stream().mapToLong(RateLimit::windowMicros).max().orElseThrow();
    for (Demand demand : lapsed) {
      if (Micros.of(demand.until()) > Micros.of(now) - longest) {
        limits.add(settings.underCeiling(demand.limit()));
      }
    }
    return new PossiblePast(limits, heaviestWeight);
  }
}
