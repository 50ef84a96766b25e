package io.ratelimit.temporal;

import io.ratelimit.core.internal.engine.LeftToOthers;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;

/** Calls the queue. */
final class QueueActivities implements Activities.Queue {

  private final EventQueue queue;
  private final LeftToOthers leftToOthers;

  /**
   * @param leftToOthers is shown what the queue holds
   */
  QueueActivities(EventQueue queue, LeftToOthers leftToOthers) {
    this.queue = queue;
    this.leftToOthers = leftToOthers;
  }

  @Override
  public QueueSnapshot stats() {
    QueueStats stats = queue.stats();
    leftToOthers.look(stats);
    return QueueSnapshot.of(stats);
  }

  @Override
  public LimitSettings applyLimit(LimitChange change) {
    return change.applyTo(queue.limitControl());
  }
}
