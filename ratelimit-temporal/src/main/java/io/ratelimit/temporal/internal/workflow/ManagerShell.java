package io.ratelimit.temporal.internal.workflow;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.Requests;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.ratelimit.temporal.manager.RateLimitManagerWorkflow;
import io.temporal.common.converter.EncodedValues;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ApplicationFailure;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkflowImplementationOptions;
import io.temporal.workflow.Workflow;
import org.jspecify.annotations.Nullable;

/**
 * The workflow as Temporal runs it: converts payloads for {@link RateLimitManagerWorkflowImpl}.
 *
 * <p>A manager with unreadable options ends at once, with a failure that says why. Any other
 * unreadable value, such as the state of a newer version, only fails the workflow task: a worker
 * that can read it continues.
 */
public final class ManagerShell implements RateLimitManagerWorkflow {

  private final @Nullable RateLimitManagerWorkflowImpl manager;
  private final @Nullable ApplicationFailure unreadable;

  /** Registers managers with a worker. */
  public static void register(Worker worker, CallOptions calls) {
    worker.registerWorkflowImplementationFactory(
        RateLimitManagerWorkflow.class,
        start -> new ManagerShell(start, calls),
        WorkflowImplementationOptions.getDefaultInstance());
  }

  /** Returns the state of the previous run; a null, which other clients may send, means none. */
  private static @Nullable RawValue carried(EncodedValues start) {
    RawValue carried = start.get(1, RawValue.class);
    return carried == null || carried.getPayload().getData().isEmpty() ? null : carried;
  }

  private ManagerShell(EncodedValues start, CallOptions calls) {
    RawValue carried = carried(start);
    boolean goesOn = Workflow.getInfo().getContinuedExecutionRunId().isPresent();
    ManagerState state = carried == null || !goesOn ? null : Json.read(carried, ManagerState.class);
    ManagerOptions options = null;
    ApplicationFailure failure = null;
    try {
      if (carried != null && !goesOn) {
        throw new IllegalArgumentException(
            "a manager is started with its options only: state can only come from a"
                + " previous run of it");
      }
      options = OptionsJson.read(start.get(0, RawValue.class));
    } catch (IllegalArgumentException unreadableOptions) {
      failure =
          ApplicationFailure.newNonRetryableFailure(
              String.valueOf(unreadableOptions.getMessage()), ManagerTypes.UNREADABLE_OPTIONS);
    }
    if (failure != null && state != null) {
      // An earlier run could read them, so the start is well-formed, and this version is older.
      throw new IllegalStateException("the options of the previous run cannot be read", failure);
    }
    this.unreadable = failure;
    this.manager = options == null ? null : new RateLimitManagerWorkflowImpl(options, state, calls);
  }

  private RateLimitManagerWorkflowImpl manager() {
    if (manager == null) {
      throw requireNonNull(unreadable);
    }
    return manager;
  }

  @Override
  public RawValue run(RawValue options, @Nullable RawValue carried) {
    return Json.raw(manager().run());
  }

  @Override
  public RawValue pause() {
    return Json.raw(manager().pause());
  }

  @Override
  public void validatePause() {
    manager().refuseWhenStopping();
  }

  @Override
  public RawValue resume() {
    return Json.raw(manager().resume());
  }

  @Override
  public void validateResume() {
    manager().refuseWhenStopping();
  }

  @Override
  public RawValue stop() {
    return Json.raw(manager().stop());
  }

  @Override
  public RawValue changeLimit(RawValue limit) {
    return Json.raw(manager().changeLimit(Requests.read(limit, RateLimit.class)));
  }

  @Override
  public void validateChangeLimit(RawValue limit) {
    RateLimit unused = Requests.plausible(limit, RateLimit.class);
    manager().refuseWhenStopping();
  }

  @Override
  public RawValue setWorkers(RawValue workers) {
    return Json.raw(manager().setWorkers(Requests.read(workers, WorkerRange.class)));
  }

  @Override
  public void validateSetWorkers(RawValue workers) {
    manager().validateSetWorkers(Requests.plausible(workers, WorkerRange.class));
  }

  @Override
  public RawValue status() {
    return Json.raw(manager().status());
  }
}
