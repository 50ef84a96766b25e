package io.ratelimit.testkit.time;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A thread with its task, or a task that has no thread yet. Guarded by its {@link Turns}. */
final class Activity {

  /** Gives it a thread when its turn comes; null if it has one or will soon. */
  final @Nullable Runnable starter;

  volatile @Nullable Thread thread;

  /**
   * Whether it was interrupted while it waited for its turn; set before the thread's interrupt
   * status is cleared.
   */
  volatile boolean interrupted;

  /** Why it cannot wait any longer. */
  volatile @Nullable String failure;

  Instant deadline = Instant.MAX;
  boolean woken;

  Activity(@Nullable Thread thread, @Nullable Runnable starter) {
    this.thread = thread;
    this.starter = starter;
  }

  boolean isInterrupted() {
    Thread begun = thread;
    // Clears the status last.
    return begun != null && (begun.isInterrupted() || interrupted);
  }

  @Override
  public String toString() {
    Thread begun = thread;
    return begun == null ? "a task that no thread has begun" : "thread " + begun.getName();
  }
}
