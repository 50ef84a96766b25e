package io.ratelimit.temporal.internal.lane;

import io.ratelimit.core.internal.log.RepeatedWarnings;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.LaneProgress;
import io.ratelimit.temporal.internal.wire.LaneReports;
import io.ratelimit.temporal.internal.wire.LaneResult;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityCompletionFailureException;
import io.temporal.client.ActivityNotExistsException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Links a lane that runs as an activity to its manager. */
final class ActivityLink implements LaneLink {

  private static final Logger LOG = LoggerFactory.getLogger(ActivityLink.class);

  /** Shared by all lanes, since they lose the server at the same time. */
  private static final RepeatedWarnings WARNINGS = new RepeatedWarnings(Time.system());

  private final ActivityExecutionContext context;

  ActivityLink(ActivityExecutionContext context) {
    this.context = context;
  }

  @Override
  public int attempt() {
    return context.getInfo().getAttempt();
  }

  @Override
  public Told beat(LaneProgress progress) {
    try {
      context.heartbeat(Json.raw(progress));
      return Told.NOTHING;
    } catch (ActivityNotExistsException over) {
      return Told.NOBODY_WAITS;
    } catch (ActivityCompletionException told) {
      // The lane was cancelled, its worker shuts down, or the server has not answered for too long.
      return Told.LEAVE;
    } catch (RejectedExecutionException shutDown) {
      // The worker is shutting down and sends no more heartbeats.
      return Told.LEAVE;
    }
  }

  @Override
  public boolean isManagerRunning() {
    try {
      return manager().describe().getStatus()
          == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } catch (WorkflowNotFoundException gone) {
      return false;
    } catch (RuntimeException unknown) {
      LOG.debug("it is not known whether the manager runs; assuming that it does", unknown);
      return true;
    }
  }

  /**
   * Ends the activity. If the run that started the lane has ended, sends the result to the
   * manager's current run.
   *
   * @param id the id of the lane's request
   */
  void end(String id, LaneResult result) {
    try {
      context.useLocalManualCompletion().complete(Json.raw(result));
    } catch (ActivityNotExistsException over) {
      tell(id, result);
    } catch (ActivityCompletionFailureException unreachable) {
      WARNINGS.warn(
          LOG,
          "end",
          "the result of a lane could not be reported; Temporal will notice that it is"
              + " missing",
          unreachable);
    }
  }

  private void tell(String id, LaneResult result) {
    try {
      manager().signal(LaneReports.LANE_ENDED, Json.raw(id), Json.raw(result));
    } catch (WorkflowNotFoundException ended) {
      LOG.debug("the manager has ended before its lane {}", id);
    } catch (RuntimeException unreachable) {
      WARNINGS.warn(
          LOG,
          "tell",
          "the result of lane "
              + id
              + " could not be reported; the manager will notice that it is missing",
          unreachable);
    }
  }

  private WorkflowStub manager() {
    return context.getWorkflowClient().newUntypedWorkflowStub(context.getInfo().getWorkflowId());
  }
}
