package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Looks at a queue again and again, and remembers how fast events get done. */
public final class Monitor {

  private static final int RUNNING = 20;
  private static final int FAILED = 3;

  private final String queueName;
  private final EventQueue queue;
  private final Throughput throughput = new Throughput();

  public Monitor(String queueName, EventQueue queue) {
    this.queueName = queueName;
    this.queue = queue;
  }

  /** Reads the queue. */
  public MonitorView look() {
    QueueStats stats = queue.stats();
    throughput.look(stats.observedAt(), stats.done(), stats.unfinished() > 0);
    return new MonitorView(
        QueueView.of(queueName, stats),
        running(stats),
        failed(stats),
        throughput.rates(),
        Optional.empty(),
        Optional.empty());
  }

  private List<LeaseView> running(QueueStats stats) {
    if (stats.leased() == 0) {
      return List.of();
    }
    return queue.leases(RUNNING).stream()
        .sorted(Comparator.comparing(Lease::takenAt))
        .map(lease -> LeaseView.of(lease, stats.observedAt()))
        .toList();
  }

  private List<FailedView> failed(QueueStats stats) {
    if (stats.failed() == 0) {
      return List.of();
    }
    return queue.failedQueue().latest(FAILED).stream().map(FailedView::of).toList();
  }
}
