package io.ratelimit.testkit.time;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A thread at a task, or a task for which there is no thread yet. Guarded by its {@link Turns}. */
final class Activity {

  /** What gives it a thread when its turn comes; null: it has one, or will have one soon. */
  final @Nullable Runnable starter;

  volatile @Nullable Thread thread;

  /**
   * Was interrupted while it waited for its turn; set before the thread's own status is cleared.
   */
  volatile boolean interrupted;

  /** Why it can wait no longer. */
  volatile @Nullable String failure;

  Instant deadline = Instant.MAX;
  boolean woken;

  Activity(@Nullable Thread thread, @Nullable Runnable starter) {
    this.thread = thread;
    this.starter = starter;
  }

  boolean isInterrupted() {
    Thread begun = thread;
    // In this order: the status is cleared last.
    return begun != null && (begun.isInterrupted() || interrupted);
  }

  @Override
  public String toString() {
    Thread begun = thread;
    return begun == null ? "a task that no thread has begun" : "thread " + begun.getName();
  }
}
