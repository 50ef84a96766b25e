package io.ratelimit.cli.watch;

import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.List;

/**
 * The managers and workers of a task queue, and what may be done with a manager. Whoever asks for
 * what is known is answered at once. Thread-safe.
 */
public interface Managers extends AutoCloseable {

  /** Remembers how a manager ended. */
  void remember(ManagerSeen seen);

  /** Returns the latest managers, those that started last first. */
  List<RoundRow> rounds();

  /** Returns the workers that asked for work in the last minutes, the latest first. */
  List<WorkerRow> workers();

  /** Returns how a manager is. */
  ManagerSeen seen(String id);

  /**
   * Ends a manager gracefully.
   *
   * @throws ManagerException as {@link RateLimitClient#stop} does
   */
  ManagerStatus stop(String id);

  /**
   * Changes how many workers there may be.
   *
   * @throws ManagerException as {@link RateLimitClient#setWorkers} does
   * @throws IllegalArgumentException if there cannot be so many
   */
  WorkerRange setWorkers(String id, int min, int max);

  @Override
  void close();
}
