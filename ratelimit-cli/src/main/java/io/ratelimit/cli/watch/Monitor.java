package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks at a queue repeatedly, and remembers how fast events are done. */
public final class Monitor {

  private static final int RUNNING = 20;
  private static final int FAILED = 3;

  private final String queueName;
  private final Supplier<EventQueue> queues;
  private final Throughput throughput = new Throughput();

  public Monitor(String queueName, EventQueue queue) {
    this(queueName, () -> queue);
  }

  /**
   * Prepares to look at a queue that may have to be connected to first.
   *
   * @param queue connects if necessary, or throws a {@link io.ratelimit.core.queue.QueueException}
   */
  public Monitor(String queueName, Supplier<EventQueue> queue) {
    this.queueName = queueName;
    this.queues = queue;
  }

  /** Returns the name of the queue. */
  String queueName() {
    return queueName;
  }

  /** Reads the queue. */
  public MonitorView look() {
    EventQueue queue = queues.get();
    QueueStats stats = queue.stats();
    throughput.look(stats.observedAt(), stats.done(), stats.unfinished() > 0);
    return new MonitorView(
        QueueView.of(queueName, stats),
        running(queue, stats),
        failed(queue, stats),
        throughput.rates(),
        Optional.empty(),
        Optional.empty());
  }

  private static List<LeaseView> running(EventQueue queue, QueueStats stats) {
    if (stats.leased() == 0) {
      return List.of();
    }
    return queue.leases(RUNNING).stream()
        .sorted(Comparator.comparing(Lease::takenAt))
        .map(lease -> LeaseView.of(lease, stats.observedAt()))
        .toList();
  }

  private static List<FailedView> failed(EventQueue queue, QueueStats stats) {
    if (stats.failed() == 0) {
      return List.of();
    }
    return queue.failedQueue().latest(FAILED).stream().map(FailedView::of).toList();
  }
}
