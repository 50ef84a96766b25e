package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A state in which the cost of a start was corrected.
 *
 * @param next the state
 * @param change how much more or less it costs: as requested, or as far as it cost anything
 * @param overruns the fullest of each window that holds more than its permits because the
 *     correction came too late; nothing starts until there is room again
 * @param <S> the kind of state
 */
public record Corrected<S>(S next, long change, List<Overrun> overruns) {

  /** Copies the list. */
  public Corrected {
    requireNonNull(next, "next");
    overruns = List.copyOf(overruns);
  }

  /**
   * A window that a correction made too full.
   *
   * @param limit what it should have held at most
   * @param permits how many more it holds, at least 1
   */
  public record Overrun(RateLimit limit, long permits) {

    /** Checks that nothing is missing. */
    public Overrun {
      requireNonNull(limit, "limit");
    }
  }
}
