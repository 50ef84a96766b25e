package io.ratelimit.cli.web;

import io.ratelimit.cli.watch.MonitorView;
import io.ratelimit.cli.watch.QueueView;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.Optional;

/**
 * One moment in the charts. The names in JSON are stable.
 *
 * @param at the time in milliseconds since 1970, by the queue's clock
 * @param pending the number of events that waited
 * @param delayed the number of events that waited for their retry
 * @param running the number of events being processed
 * @param done the number of events that were ever done
 * @param failed the number of events in the failed queue
 * @param starts the weight of the starts in the window
 * @param permits the number that the limit in force allows there
 * @param workersWanted the number of workers that the manager asked for
 * @param workersActive the number of active workers
 */
record ChartPoint(
    long at,
    long pending,
    long delayed,
    long running,
    long done,
    long failed,
    long starts,
    int permits,
    Optional<Integer> workersWanted,
    Optional<Integer> workersActive) {

  static ChartPoint of(MonitorView view) {
    QueueView queue = view.queue();
    return new ChartPoint(
        queue.observedAt().toEpochMilli(),
        queue.pending(),
        queue.delayed(),
        queue.leased(),
        queue.done(),
        queue.failed(),
        queue.startsInWindow(),
        queue.limitInForce().permits(),
        view.manager().map(ManagerStatus::workersWanted),
        view.manager().map(ManagerStatus::workersActive));
  }
}
