package io.ratelimit.cli.watch;

import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.List;

/**
 * The managers and workers of a task queue, and what can be done with a manager. Reading what is
 * known never blocks. Thread-safe.
 */
public interface Managers extends AutoCloseable {

  /** Remembers how a manager ended. */
  void remember(ManagerSeen seen);

  /** Returns the latest managers, in descending order of their start. */
  List<RoundRow> rounds();

  /** Returns the workers that asked for work in the last minutes, the latest first. */
  List<WorkerRow> workers();

  /** Returns what is known of a manager. */
  ManagerSeen seen(String id);

  /**
   * Ends a manager gracefully.
   *
   * @throws ManagerException as {@link RateLimitClient#stop} does
   */
  ManagerStatus stop(String id);

  /**
   * Changes the number of workers that a manager may have.
   *
   * @throws ManagerException as {@link RateLimitClient#setWorkers} does
   * @throws IllegalArgumentException if the range is not possible
   */
  WorkerRange setWorkers(String id, int min, int max);

  @Override
  void close();
}
