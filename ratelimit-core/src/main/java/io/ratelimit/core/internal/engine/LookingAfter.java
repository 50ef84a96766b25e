package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Looks after what threads have left to themselves, as they expected to get to it at once: every 2
 * ms while that goes on, and not at all otherwise. Thread-safe.
 */
final class LookingAfter implements Loop.Task {

  private static final Duration INTERVAL = Duration.ofMillis(2);

  /** After so many looks at nothing it is over. */
  private static final int LAST_LOOKS = 50;

  private final List<BooleanSupplier> looks;
  private final Time time;
  private int looksAtNothing;
  private volatile boolean asleep;

  /**
   * @param looks each has done what is stuck, and says whether there is anything to look after
   */
  LookingAfter(List<BooleanSupplier> looks, Time time) {
    this.looks = List.copyOf(looks);
    this.time = time;
  }

  /** Returns whether the loop has to be woken, as something was left. */
  boolean isAsleep() {
    return asleep;
  }

  @Override
  public Instant run() {
    boolean wasAsleep = asleep;
    asleep = false;
    looksAtNothing = isAnything() || wasAsleep ? 0 : looksAtNothing + 1;
    if (looksAtNothing < LAST_LOOKS) {
      return time.now().plus(INTERVAL);
    }
    looksAtNothing = 0;
    // Whoever leaves something from here on wakes the loop.
    asleep = true;
    if (!isAnything()) {
      return Instant.MAX;
    }
    asleep = false;
    return time.now().plus(INTERVAL);
  }

  private boolean isAnything() {
    boolean isAnything = false;
    for (BooleanSupplier look : looks) {
      isAnything |= look.getAsBoolean();
    }
    return isAnything;
  }
}
