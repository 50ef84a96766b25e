package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Looks after work that threads kept for themselves, expecting to get to it at once: every 2 ms
 * while they do so, and otherwise not at all. Thread-safe.
 */
final class LookingAfter implements Loop.Task {

  private static final Duration INTERVAL = Duration.ofMillis(2);

  /** The looks at nothing after which the loop falls asleep. */
  private static final int LAST_LOOKS = 50;

  private final List<BooleanSupplier> looks;
  private final Time time;
  private int looksAtNothing;
  private volatile boolean asleep;

  /**
   * @param looks each gets stuck work done, and returns whether there is anything to look after
   */
  LookingAfter(List<BooleanSupplier> looks, Time time) {
    this.looks = List.copyOf(looks);
    this.time = time;
  }

  /** Returns whether the loop has to be woken when a thread keeps work for itself. */
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
    // From here on, a thread that keeps work for itself wakes the loop.
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
