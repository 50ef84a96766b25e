package io.ratelimit.temporal;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.queue.EventQueue;

/** Calls the queue. */
final class QueueActivities implements Activities.Queue {

  private final EventQueue queue;

  QueueActivities(EventQueue queue) {
    this.queue = queue;
  }

  @Override
  public QueueSnapshot stats() {
    return QueueSnapshot.of(queue.stats());
  }

  @Override
  public LimitSettings applyLimit(LimitChange change) {
    return change.applyTo(queue.limitControl());
  }
}
