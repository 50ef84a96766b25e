package io.ratelimit.cli.web;

import io.ratelimit.cli.watch.MonitorView;
import io.ratelimit.cli.watch.QueueView;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.Optional;

/**
 * What is drawn of one moment; the names in JSON are a promise.
 *
 * @param at when, in milliseconds since 1970, by the queue's clock
 * @param pending how many events waited
 * @param delayed how many waited for their retry
 * @param running how many were being processed
 * @param done how many were ever finished
 * @param failed how many were in the failed queue
 * @param starts the weight of the starts in the window
 * @param permits how many the limit in force allows there
 * @param workersWanted how many workers the manager asked for
 * @param workersActive how many there were
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
