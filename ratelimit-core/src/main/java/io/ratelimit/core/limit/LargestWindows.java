package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many permits the fullest windows of the past held, as the limit counted them at each start:
 * the permits of the starts in the window of the limit in force that ends with it. Assumed starts
 * are not included.
 *
 * <p>{@link #since} is exact unless more than {@value #MAX_PEAKS} ever smaller windows followed
 * each other; it may then return the value of a slightly earlier window, and is never too low.
 * Immutable and thread-safe.
 *
 * @param unknownUntil until when starts may be missing, because the store lost some or did not know
 *     the past; empty if none is missing
 * @param peaks at most {@value #MAX_PEAKS}, oldest first, each later and smaller than the one
 *     before: no window after a peak, up to the next one, held more than the next one
 */
public record LargestWindows(Optional<Instant> unknownUntil, List<Peak> peaks) {

  /** The maximum number of peaks; a further one is merged with the one that differs least. */
  public static final int MAX_PEAKS = 32;

  /** No starts, and none missing. */
  static final LargestWindows NONE = new LargestWindows(Optional.empty(), List.of());

  /**
   * A window that no later one exceeded.
   *
   * @param at when it ended: the time of its latest start
   * @param permits the weight of the starts in it
   */
  public record Peak(Instant at, long permits) {

    /** Creates a peak. */
    public Peak {
      requireNonNull(at, "at");
    }
  }

  /**
   * Creates a record of the largest windows.
   *
   * @throws IllegalArgumentException if there are more than {@value #MAX_PEAKS} peaks
   */
  public LargestWindows {
    requireNonNull(unknownUntil, "unknownUntil");
    peaks = List.copyOf(peaks);
    Requirements.between("number of peaks", peaks.size(), 0, MAX_PEAKS);
  }

  /**
   * Returns the most permits that starts took in any window that ended at this time or later; 0:
   * there was none.
   */
  public long since(Instant time) {
    for (Peak peak : peaks) {
      if (!peak.at.isBefore(time)) {
        return peak.permits;
      }
    }
    return 0;
  }

  /** Returns whether every start from this time on was counted. */
  public boolean isCompleteSince(Instant time) {
    return unknownUntil.isEmpty() || time.isAfter(unknownUntil.get());
  }

  /** Returns this record and a window that ends now. */
  LargestWindows with(Instant at, long permits) {
    if (peaks.isEmpty() || peaks.get(0).permits <= permits) {
      return new LargestWindows(unknownUntil, List.of(new Peak(at, permits)));
    }
    List<Peak> next = new ArrayList<>(peaks);
    while (!next.isEmpty() && next.get(next.size() - 1).permits <= permits) {
      next.remove(next.size() - 1);
    }
    if (!next.isEmpty() && next.get(next.size() - 1).at.equals(at)) {
      // A peak under another limit, with another window: the larger one counts.
      return this;
    }
    next.add(new Peak(at, permits));
    if (next.size() > MAX_PEAKS) {
      merge(next);
    }
    return new LargestWindows(unknownUntil, next);
  }

  /**
   * Merges the two neighbors that differ least, or the oldest of equal ones: the later one gets the
   * larger size.
   */
  private static void merge(List<Peak> peaks) {
    int closest = 1;
    for (int i = 2; i < peaks.size(); i++) {
      if (difference(peaks, i) < difference(peaks, closest)) {
        closest = i;
      }
    }
    peaks.set(closest, new Peak(peaks.get(closest).at, peaks.get(closest - 1).permits));
    peaks.remove(closest - 1);
  }

  private static long difference(List<Peak> peaks, int i) {
    return peaks.get(i - 1).permits - peaks.get(i).permits;
  }

  /** Returns this record with starts possibly missing up to a time. */
  LargestWindows withUnknown(Instant until) {
    return new LargestWindows(Optional.of(until), peaks);
  }
}
