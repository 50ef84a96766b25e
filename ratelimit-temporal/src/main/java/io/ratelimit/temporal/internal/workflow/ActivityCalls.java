package io.ratelimit.temporal.internal.workflow;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.Activities;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.Decided;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import io.ratelimit.temporal.internal.wire.LaneResult;
import io.ratelimit.temporal.internal.wire.LimitChange;
import io.ratelimit.temporal.internal.wire.Noticed;
import io.ratelimit.temporal.internal.wire.ReportRequest;
import io.ratelimit.temporal.internal.wire.WatchRequest;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.converter.RawValue;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Calls the queue and begins lanes, with typed values. For workflow code. */
final class ActivityCalls {

  private final CallOptions options;
  private final Supplier<Optional<String>> queue;
  private final String taskQueue = Workflow.getInfo().getTaskQueue();
  private final Activities.Queue calls;

  /**
   * @param queue the name of the intended queue, once known
   */
  ActivityCalls(CallOptions options, Supplier<Optional<String>> queue) {
    this.options = options;
    this.queue = queue;
    this.calls =
        Workflow.newActivityStub(Activities.Queue.class, options.queue(Timeouts.queue(taskQueue)));
  }

  private RawValue queueName() {
    return Json.raw(queue.get());
  }

  Decided decide(DecideRequest request) {
    return Json.read(calls.decide(queueName(), Json.raw(request)), Decided.class);
  }

  LimitSettings applyLimit(LimitChange change) {
    return Json.read(calls.applyLimit(queueName(), Json.raw(change)), LimitSettings.class);
  }

  RoundReport report(ReportRequest request) {
    Activities.Queue reporter =
        Workflow.newActivityStub(Activities.Queue.class, options.queue(Timeouts.report(taskQueue)));
    return Json.read(reporter.report(queueName(), Json.raw(request)), RoundReport.class);
  }

  Promise<Noticed> watch(WatchRequest request, Duration longest) {
    return Workflow.newUntypedActivityStub(options.queue(Timeouts.watch(taskQueue, longest)))
        .executeAsync(ManagerTypes.WATCH, RawValue.class, queueName(), Json.raw(request))
        .thenApply(noticed -> Json.read(noticed, Noticed.class));
  }

  /**
   * Begins a lane.
   *
   * @param eager whether the worker that runs the workflow may begin it without polling for it
   */
  Promise<LaneResult> drain(LaneRequest request, boolean eager) {
    ActivityOptions lane = options.lane(Timeouts.lane("lane " + request.lane(), eager));
    return Workflow.newUntypedActivityStub(lane)
        .executeAsync(ManagerTypes.LANE, RawValue.class, Json.raw(request))
        .thenApply(result -> Json.read(result, LaneResult.class));
  }
}
