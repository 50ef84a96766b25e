package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Lets threads wait for a condition, and others tell them to check it again. Thread-safe. */
final class Waiting {

  private final Time time;
  private final Set<Thread> waiters = ConcurrentHashMap.newKeySet();

  Waiting(Time time) {
    this.time = time;
  }

  /**
   * Waits until a condition holds, the deadline has passed, or the calling thread is interrupted;
   * its interrupt status then stays set.
   */
  void until(Instant deadline, BooleanSupplier condition) {
    Thread waiter = Thread.currentThread();
    waiters.add(waiter);
    try {
      while (!condition.getAsBoolean()
          && time.now().isBefore(deadline)
          && !waiter.isInterrupted()) {
        time.parkUntil(deadline);
      }
    } finally {
      waiters.remove(waiter);
    }
  }

  /** Makes all waiting threads check their condition again. */
  void lookAgain() {
    waiters.forEach(time::unpark);
  }
}
