package io.ratelimit.temporal.internal.worker;

import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The Temporal workers behind a worker: closing it ends its own, and leaves the host's as they are.
 */
public interface Home {

  /** Returns whether the workers poll for tasks, as far as is known. */
  boolean isOpen();

  /** Stops polling for tasks, if no host shares the workers. */
  void stopPolling();

  /** Ends its own workers, once its lanes have left. */
  void close();

  /** The host's workers, which do other work as well. */
  record Hosts() implements Home {

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void stopPolling() {}

    @Override
    public void close() {}
  }

  /** Its own workers in the host's factory. */
  record Lent(WorkerFactory factory, List<Worker> workers) implements Home {

    @Override
    public boolean isOpen() {
      return factory.isStarted() && !factory.isShutdown();
    }

    @Override
    public void stopPolling() {
      workers.forEach(Worker::suspendPolling);
    }

    @Override
    public void close() {}
  }

  /**
   * Its own factory.
   *
   * @param atLast closes the connection, if it is its own
   */
  record Own(WorkerFactory factory, Runnable atLast) implements Home {

    @Override
    public boolean isOpen() {
      return factory.isStarted() && !factory.isShutdown();
    }

    @Override
    public void stopPolling() {
      factory.shutdown();
    }

    @Override
    public void close() {
      long patience = Timeouts.INTERRUPTED_LANES.toMillis();
      factory.awaitTermination(patience, TimeUnit.MILLISECONDS);
      if (!factory.isTerminated()) {
        factory.shutdownNow();
        factory.awaitTermination(patience, TimeUnit.MILLISECONDS);
      }
      atLast.run();
    }
  }
}
