package io.ratelimit.core.limit;

import io.ratelimit.core.limit.LimitState.PossiblePast;

/**
 * The starts that count in place of forgotten ones: in every stretch up to {@code at}, as many as
 * there can have been. Counted back from the last one, the first {@code burst} starts are at {@code
 * at}, and each further one is window / permits earlier.
 *
 * <p><b>Why it is enough.</b> Of the limits that may have been in force, let I be the shortest
 * interval, B the largest burst, N the most permits; let w be the heaviest weight.
 *
 * <ol>
 *   <li>A start under a limit with the interval J and the burst b is at or after its schedule less
 *       b - 1 intervals, and the schedule is at least J later after each permit. So from any start
 *       to a later one, both included, lie at most B + (time between them) / I permits if every
 *       weight is 1; whatever limits took turns, as J ≥ I and b ≤ B, and a change computes the
 *       schedule anew from the starts themselves, or from the later ones and not earlier. The last
 *       start of a stretch may weigh more than its burst, which is paid for afterwards: max(B, w)
 *       in place of B, for one limit, or for several without bursts that all have room for w. Where
 *       limits with different bursts, or without that room, take turns under weights, a change can
 *       forgive more, and only the window bounds: N.
 *   <li>No stretch of the shortest window or less holds more than N permits.
 *   <li>Whole microseconds delay a start by less than one, so that k intervals are at least floor(k
 *       × I) microseconds.
 * </ol>
 *
 * <p>Therefore no possible past has more weight than this run in any stretch that ends at {@code
 * at}, up to N or the shortest window; anything earlier counts as full. A later window with this
 * run and the starts after it holds at least as much as with the true past, so the true past would
 * have admitted every start that the run admits. Without weights, under one paced limit, the run
 * has one start per interval, and the next start may follow one interval after {@code at}.
 *
 * @param at the end of the forgotten time
 * @param burst the number of starts at the end
 * @param windowMicros the window; divided by the permits, it is the distance of the other starts
 * @param permits the permits per window
 * @param size the total weight
 */
record DensestRun(long at, int burst, long windowMicros, int permits, int size) {

  // Longer than every window; no product with permits overflows.
  private static final long FAR = 40L * 86_400 * Micros.PER_SECOND;

  /** The starts assumed up to a time before which nothing is known. */
  record Unknown(DensestRun run, long forgottenUntil) {}

  static Unknown upTo(long at, PossiblePast past) {
    DensestRun run = endless(at, past);
    long shortest = past.limits().stream().mapToLong(RateLimit::windowMicros).min().orElseThrow();
    return new Unknown(run, Math.min(at - shortest, run.timeOf(run.size + 1)));
  }

  /** Returns a run with as many starts as the limit with the most permits. */
  private static DensestRun endless(long at, PossiblePast past) {
    RateLimit fastest = past.limits().get(0);
    int most = 1;
    int burst = 1;
    for (RateLimit limit : past.limits()) {
      fastest = limit.isFasterThan(fastest) ? limit : fastest;
      most = Math.max(most, limit.permits());
      burst = Math.max(burst, limit.burst());
    }
    int atOnce = isBoundedByPace(past, burst) ? Math.max(burst, past.heaviestWeight()) : most;
    return new DensestRun(
        at, Math.min(atOnce, most), fastest.windowMicros(), fastest.permits(), most);
  }

  private static boolean isBoundedByPace(PossiblePast past, int burst) {
    boolean alike = past.limits().stream().distinct().count() == 1;
    return past.heaviestWeight() == 1
        || ((alike || burst == 1) && past.heaviestWeight() <= fewestPermits(past));
  }

  private static int fewestPermits(PossiblePast past) {
    return past.limits().stream().mapToInt(RateLimit::permits).min().orElseThrow();
  }

  /**
   * Returns the run for a stretch, both ends included, before which all starts are known.
   *
   * @param latest the latest known start, at or before the stretch
   * @param weight the weight started at that time; 0 if none
   */
  static DensestRun between(long from, long at, long latest, long weight, PossiblePast past) {
    DensestRun run = endless(at, past);
    long size = run.after(from - 1);
    int burst = past.limits().stream().mapToInt(RateLimit::burst).max().orElseThrow();
    if (weight > 0 && isBoundedByPace(past, burst)) {
      // Together with the latest start, they are as many as a stretch can hold.
      long known = Math.min(weight, fewestPermits(past));
      size = Math.min(size, Math.max(0, run.unbounded(at - latest + 1) - known));
    }
    return new DensestRun(at, run.burst, run.windowMicros, run.permits, (int) size);
  }

  /** Returns the time of a start, counted from the end, from 1. */
  long timeOf(int fromEnd) {
    long intervals = Math.max(0, fromEnd - burst);
    return at - intervals * windowMicros / permits;
  }

  /** Returns how many starts are after a time. */
  long after(long time) {
    return Math.min(size, unbounded(at - time));
  }

  private long unbounded(long length) {
    if (length <= 0) {
      return 0;
    }
    long parts = Math.min(length, FAR) * permits;
    return burst - 1 + (parts + windowMicros - 1) / windowMicros;
  }

  /** Returns the pace after this run under another rate; the starts at the end count as one. */
  Pace pace(Pace.Rate rate) {
    return new Pace(at, 0)
        .afterStart(at, Math.max(Math.min(burst, rate.permits()), rate.burst()), rate);
  }
}
