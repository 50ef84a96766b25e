package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.Corrected;
import io.ratelimit.core.limit.LimitKey;
import java.util.List;
import java.util.Optional;

/**
 * The result of a correction of costs.
 *
 * @param settlement whether the lease still held the event; if not, nothing was corrected
 * @param debited how many permits were debited, over all limits
 * @param returned how many permits were given back, over all limits
 * @param dropped how many costs had no effect: the start has left every window, is not remembered,
 *     or has more than 1,000 others after it; or the attempt paid nothing in this limit
 * @param overruns which windows hold more than they should because the correction came too late
 */
public record CorrectionReceipt(
    Settlement settlement, long debited, long returned, int dropped, List<Overrun> overruns) {

  /**
   * A window that holds more than it should. Nothing starts in it until there is room again.
   *
   * @param key whose window it is; empty: the queue's own limit
   * @param window its maximum, and how much more it holds
   */
  public record Overrun(Optional<LimitKey> key, Corrected.Overrun window) {

    /** Checks that nothing is missing. */
    public Overrun {
      requireNonNull(key, "key");
      requireNonNull(window, "window");
    }

    /** For example {@code weight: 7 more than 6000/m}; for people to read. */
    @Override
    public String toString() {
      return key.map(LimitKey::toString).orElse("the queue's own limit")
          + ": "
          + window.permits()
          + " more than "
          + window.limit();
    }
  }

  /** Copies the list. */
  public CorrectionReceipt {
    requireNonNull(settlement, "settlement");
    overruns = List.copyOf(overruns);
  }

  /** Returns the receipt of a lease that no longer held its event. */
  public static CorrectionReceipt staleLease() {
    return new CorrectionReceipt(Settlement.STALE_LEASE, 0, 0, 0, List.of());
  }
}
