package io.ratelimit.temporal;

import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.WantedTypes;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Runs lanes, each in the thread of its activity. Thread-safe. */
final class LaneActivity implements Activities.Lane {

  private final EventQueue queue;
  private final AttemptRunner runner;
  private final Duration lease;
  private final WantedTypes types;
  private final String worker;
  private final BooleanSupplier draining;

  /**
   * @param lease how long an event is held without a sign of life
   * @param types which types of events have a handler here
   * @param worker the worker's name in leases, for people to read
   * @param draining whether the worker closes: lanes then finish what they hold and take no more
   */
  LaneActivity(
      EventQueue queue,
      AttemptRunner runner,
      Duration lease,
      WantedTypes types,
      String worker,
      BooleanSupplier draining) {
    this.queue = queue;
    this.runner = runner;
    this.lease = lease;
    this.types = types;
    this.worker = worker;
    this.draining = draining;
  }

  @Override
  public LaneResult drain(LaneRequest request) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    String name = worker + "-lane-" + request.lane() + '/' + context.getInfo().getAttempt();
    return new LaneTurn(queue, runner, lease, types, name, request, context, draining).run();
  }
}
