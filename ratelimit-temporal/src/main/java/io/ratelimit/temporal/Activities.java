package io.ratelimit.temporal;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.report.RoundReport;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.common.converter.RawValue;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What the workflow has others do: as Temporal sees it, and typed for the workflow. */
final class Activities {

  /** The queue: calls on a task queue of their own. The first argument names the queue meant. */
  @ActivityInterface
  public interface Queue {

    /**
     * Looks at the queue, decides, and demands the limit that was decided on: a {@link
     * DecideRequest} to what was {@link Decided}.
     */
    @ActivityMethod(name = ManagerTypes.DECIDE)
    RawValue decide(RawValue queue, RawValue request);

    /**
     * Waits, for as long as the queue is idle, until there is something to decide: a {@link
     * WatchRequest} to what was {@link Noticed}.
     */
    @ActivityMethod(name = ManagerTypes.WATCH)
    RawValue watch(RawValue queue, RawValue request);

    /** Changes the limit: a {@link LimitChange} to {@link LimitSettings}. */
    @ActivityMethod(name = ManagerTypes.LIMIT)
    RawValue applyLimit(RawValue queue, RawValue change);

    /**
     * Looks at the queue for the last time, takes the demand back, and says what happened: a {@link
     * ReportRequest} to a {@link RoundReport}.
     */
    @ActivityMethod(name = ManagerTypes.REPORT)
    RawValue report(RawValue queue, RawValue request);
  }

  /** A lane. */
  @ActivityInterface
  public interface Lane {

    /** Takes events and handles them, one at a time: a {@link LaneRequest} to its result. */
    @ActivityMethod(name = ManagerTypes.LANE)
    RawValue drain(RawValue request);
  }

  /** Calls the queue and begins lanes, with values of their types. For workflow code. */
  static final class Calls {

    private final CallOptions options;
    private final Supplier<Optional<String>> queue;
    private final String taskQueue = Workflow.getInfo().getTaskQueue();
    private final Queue calls;

    /**
     * @param queue the name of the queue that is meant, once it is known
     */
    Calls(CallOptions options, Supplier<Optional<String>> queue) {
      this.options = options;
      this.queue = queue;
      this.calls = Workflow.newActivityStub(Queue.class, options.queue(Timeouts.queue(taskQueue)));
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
      Queue reporter =
          Workflow.newActivityStub(Queue.class, options.queue(Timeouts.report(taskQueue)));
      return Json.read(reporter.report(queueName(), Json.raw(request)), RoundReport.class);
    }

    Promise<Noticed> watch(WatchRequest request, Duration longest) {
      return Workflow.newUntypedActivityStub(options.queue(Timeouts.watch(taskQueue, longest)))
          .executeAsync(ManagerTypes.WATCH, RawValue.class, queueName(), Json.raw(request))
          .thenApply(noticed -> Json.read(noticed, Noticed.class));
    }

    Promise<LaneResult> drain(LaneRequest request) {
      return Workflow.newUntypedActivityStub(options.lane(Timeouts.lane("lane " + request.lane())))
          .executeAsync(ManagerTypes.LANE, RawValue.class, Json.raw(request))
          .thenApply(result -> Json.read(result, LaneResult.class));
    }
  }

  private Activities() {}
}
