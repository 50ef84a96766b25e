package io.ratelimit.temporal.internal.lane;

import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.temporal.internal.wire.Activities;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.LaneProgress;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import io.ratelimit.temporal.internal.wire.LaneResult;
import io.ratelimit.temporal.internal.wire.QueueNames;
import io.ratelimit.temporal.internal.wire.Requests;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.converter.RawValue;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Runs lanes, each in the thread of its activity. Thread-safe. */
public final class LaneActivity implements Activities.Lane {

  private final EventQueue queue;
  private final Optional<String> queueName;
  private final AttemptRunner runner;
  private final Duration lease;
  private final WantedTypes types;
  private final String worker;
  private final LaneProgress.Slots slots;
  private final ManagerCaps caps;
  private final ActiveLanes lanes;

  /**
   * @param lease how long a lease lasts without an extension
   * @param types the event types that this worker handles
   * @param worker the worker's name in leases, for people to read
   * @param slots how many lanes run at a time
   * @param caps bounds on the events of a lane, and on how soon it may end empty
   * @param lanes the active lanes; once they are drained, a lane finishes its event and takes no
   *     more
   */
  public LaneActivity(
      EventQueue queue,
      AttemptRunner runner,
      Duration lease,
      WantedTypes types,
      String worker,
      int slots,
      ManagerCaps caps,
      ActiveLanes lanes) {
    this.queue = queue;
    this.queueName = queue.name();
    this.runner = runner;
    this.lease = lease;
    this.types = types;
    this.worker = worker;
    this.slots = new LaneProgress.Slots(UUID.randomUUID().toString(), slots);
    this.caps = caps;
    this.lanes = lanes;
  }

  @Override
  public RawValue drain(RawValue raw) {
    LaneRequest request = Requests.read(raw, LaneRequest.class);
    QueueNames.check(request.queue(), queueName);
    if (!lanes.enter()) {
      throw Activities.closing(worker + " is closing and accepts no more work");
    }
    try {
      return Json.raw(drain(request.within(caps)));
    } finally {
      lanes.leave();
    }
  }

  private LaneResult drain(LaneRequest request) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    String name = worker + "-lane-" + request.lane() + '/' + context.getInfo().getAttempt();
    ActivityLink link = new ActivityLink(context);
    LaneResult result =
        new LaneTurn(queue, runner, lease, types, name, request, link, slots, lanes::isDraining)
            .run();
    link.end(request.id(), result);
    return result;
  }
}
