package io.ratelimit.core.scaling;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How many workers there are to be processes for, as an autoscaler is told. Processes take their
 * time to start, so that what goes up and down with each round would come too late for each of
 * them: there are more as soon as more are needed, and fewer only when no more than these have been
 * needed for a time without a break. With a time that is longer than from one round to the next,
 * rounds that are alike change nothing.
 *
 * <p>Immutable, and a pure function of what was needed; made of records, so that a JSON library can
 * write it as it is.
 *
 * @param at when it was last told what is needed
 * @param workers how many workers there are to be processes for
 * @param needed how many are needed now
 * @param peaks what was needed and is kept, the earliest and most first; unmodifiable, at most
 *     {@value #MOST_PEAKS}
 */
public record Provision(Instant at, int workers, int needed, List<Peak> peaks) {

  /** The most peaks to remember; beyond that, two merge into one that is kept longer. */
  static final int MOST_PEAKS = 32;

  /**
   * So many were needed.
   *
   * @param at when, for the last time
   * @param workers how many
   */
  public record Peak(Instant at, int workers) {}

  /** Copies the list. */
  public Provision {
    requireNonNull(at, "at");
    peaks = List.copyOf(peaks);
  }

  /**
   * Begins with what there is: a new observer knows nothing of what was needed before, and takes
   * nothing away.
   *
   * @param needed how many workers are needed, 0 or more
   * @param there for how many there are processes, 0 or more
   * @throws IllegalArgumentException if one of them is negative
   */
  public static Provision first(Instant now, int needed, int there) {
    Requirements.atLeast("workers that are there", there, 0);
    return new Provision(now, there, there, List.of(new Peak(now, there)))
        .next(now, needed, Duration.ofDays(1));
  }

  /**
   * Returns what there is to be now.
   *
   * @param now not before the last time; if it is, the last time counts
   * @param needed how many workers are needed, 0 or more
   * @param keep for how long what was needed is kept: more than zero
   * @throws IllegalArgumentException if a value is outside its range
   */
  public Provision next(Instant now, int needed, Duration keep) {
    Requirements.atLeast("needed workers", needed, 0);
    Requirements.positive("time for which workers are kept", keep);
    Instant time = now.isBefore(at) ? at : now;
    List<Peak> kept = new ArrayList<>();
    for (Peak peak : peaks) {
      if (peak.workers() > needed && time.isBefore(peak.at().plus(keep))) {
        kept.add(peak);
      }
    }
    kept.add(new Peak(time, needed));
    if (kept.size() > MOST_PEAKS) {
      Peak earliest = kept.remove(0);
      kept.set(0, new Peak(kept.get(0).at(), earliest.workers()));
    }
    return new Provision(time, kept.get(0).workers(), needed, kept);
  }

  /** Returns whether fewer are needed now than were. */
  public boolean isKept() {
    return workers > needed;
  }

  /** Returns how many there are to be and why, in a sentence. */
  public String explanation() {
    return isKept()
        ? workers
            + " workers: "
            + needed
            + " are needed now, "
            + workers
            + " were at "
            + peaks.get(0).at()
        : workers + " workers: as many as are needed now";
  }
}
