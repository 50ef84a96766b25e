package io.ratelimit.temporal.internal.worker;

import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where a worker is at home: what is its own ends with it, what was lent stays as it is. */
public interface Home {

  /** Returns whether tasks are asked for here, as far as anybody can tell. */
  boolean isOpen();

  /** Asks for no more tasks, if whoever asks is this worker alone. */
  void stopPolling();

  /** Ends what is its own, once its lanes have left. */
  void close();

  /** Workers of the host, which do other work as well. */
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

  /** Workers of its own in a factory of the host. */
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
   * A factory of its own.
   *
   * @param atLast ends what is below it
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
