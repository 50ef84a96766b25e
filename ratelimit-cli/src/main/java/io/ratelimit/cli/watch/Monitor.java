package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Looks at a queue again and again, and remembers how fast events get done. */
public final class Monitor {

  private static final int RATES = 40;
  private static final int RUNNING = 20;
  private static final int FAILED = 3;
  private static final double NANOS_PER_MINUTE = 60e9;

  private final String queueName;
  private final EventQueue queue;
  private final Deque<Double> donePerMinute = new ArrayDeque<>();
  private Optional<Instant> lastLook = Optional.empty();
  private long lastDone;

  public Monitor(String queueName, EventQueue queue) {
    this.queueName = queueName;
    this.queue = queue;
  }

  /** Reads the queue. */
  public MonitorView look() {
    QueueStats stats = queue.stats();
    lastLook.ifPresent(before -> remember(Duration.between(before, stats.observedAt()), stats));
    lastLook = Optional.of(stats.observedAt());
    lastDone = stats.done();
    return new MonitorView(
        QueueView.of(queueName, stats),
        running(stats),
        failed(stats),
        List.copyOf(donePerMinute),
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

  private void remember(Duration since, QueueStats stats) {
    if (since.isZero() || since.isNegative()) {
      return;
    }
    // After a clear or a restart of Redis the count begins anew.
    long done = Math.max(0, stats.done() - lastDone);
    donePerMinute.addLast(done * NANOS_PER_MINUTE / since.toNanos());
    if (donePerMinute.size() > RATES) {
      donePerMinute.removeFirst();
    }
  }
}
