package io.ratelimit.core.limit;

/**
 * The position in the schedule of an evenly paced limit: the theoretical arrival time (TAT) of the
 * generic cell rate algorithm (ITU-T I.371), kept as an exact fraction so that no remainder of
 * window / permits is ever lost.
 *
 * @param micros the whole microseconds of the TAT
 * @param numerator the rest, in microseconds / permits of the rate: 0 to permits - 1
 */
record Pace(long micros, long numerator) {

  /** The pace before any start. */
  static final Pace IDLE = new Pace(Long.MIN_VALUE / 2, 0);

  /** The pace after so many starts that the debt is the largest possible. */
  static final Pace SPENT = new Pace(Long.MAX_VALUE / 2, 0);

  /** The parameters of the algorithm: one permit every window / permits, up to burst at once. */
  record Rate(long windowMicros, int permits, int burst) {

    static Rate of(RateLimit limit) {
      return new Rate(limit.windowMicros(), limit.permits(), limit.burst());
    }
  }

  /** Returns the first whole microsecond at which the pace allows a start of this weight. */
  long earliest(int weight, Rate rate) {
    // A weight above the burst waits for the whole burst, and the rest is paid for afterwards.
    Pace allowed = plus(Math.min(weight, rate.burst) - rate.burst, rate);
    return allowed.ceiling();
  }

  /**
   * Returns the pace after a start, even if another rate allowed it: the debt never exceeds what
   * the burst or the weight explains.
   */
  Pace afterStart(long start, int weight, Rate rate) {
    // Within the microsecond of the exact TAT, the fraction is kept, so 7/min averages exactly 7.
    Pace from = start > ceiling() ? new Pace(start, 0) : this;
    int cost = Math.min(weight, rate.permits);
    Pace paid = from.plus(cost, rate);
    Pace most = new Pace(start, 0).plus(Math.max(cost, rate.burst), rate);
    return paid.isAfter(most) ? most : paid;
  }

  /**
   * Returns the pace once a start among those that led to it costs otherwise: what is owed changes
   * by the difference, but is never less than the starts since, and the one before, explain by
   * themselves, and never more than they can. Exact for what is given back, and where the burst is
   * 1, which owes nothing but for the latest start. Under a burst, a debit may hold back what
   * follows longer than if it had been known before, and what goes beyond the burst is forgiven, as
   * by a change of the limit.
   *
   * @param before the starts, as they were paid for
   * @param start the correction
   */
  Pace corrected(StartLog before, StartLog.Corrected start, Rate rate) {
    long at = start.at();
    long paid = Math.min(before.weightAt(at), rate.permits);
    long cost = Math.min(start.log().weightAt(at), rate.permits);
    Pace least = start.log().replayAround(at, IDLE, rate);
    Pace most = start.log().replayAround(at, SPENT, rate);
    Pace shifted = plus((int) (cost - paid), rate);
    Pace bounded = shifted.isAfter(most) ? most : shifted;
    Pace corrected = least.isAfter(bounded) ? least : bounded;
    // Within a microsecond the fraction is kept; what is debited lets nothing start earlier.
    return corrected.ceiling() == ceiling() || (start.change() > 0 && isAfter(corrected))
        ? this
        : corrected;
  }

  private Pace plus(int permits, Rate rate) {
    long interval = rate.windowMicros / rate.permits;
    long remainder = rate.windowMicros % rate.permits;
    long parts = numerator + permits * remainder;
    return new Pace(
        micros + permits * interval + Math.floorDiv(parts, (long) rate.permits),
        Math.floorMod(parts, (long) rate.permits));
  }

  private boolean isAfter(Pace other) {
    return micros > other.micros || (micros == other.micros && numerator > other.numerator);
  }

  private long ceiling() {
    return numerator == 0 ? micros : micros + 1;
  }
}
