package io.ratelimit.temporal.internal.queue;

import com.google.protobuf.Timestamp;
import io.grpc.StatusRuntimeException;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.Activities;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.LaneCensus;
import io.ratelimit.temporal.internal.wire.LaneProgress;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import io.ratelimit.temporal.internal.wire.PollerIdentity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.common.converter.RawValue;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts lanes: Temporal knows which ones have begun and which wait for a slot, heartbeats tell in
 * which workers they run, and the queue knows which lanes of earlier runs hold an event.
 */
final class CensusTaker {

  private static final Logger LOG = LoggerFactory.getLogger(CensusTaker.class);

  private final EventQueue queue;
  private final ActivityExecutionContext context;

  CensusTaker(EventQueue queue, ActivityExecutionContext context) {
    this.queue = queue;
    this.context = context;
  }

  LaneCensus census(DecideRequest request) {
    List<String> outgoing = outgoing(request.outgoing());
    Map<String, Integer> slots = new HashMap<>(request.slots());
    int begun = outgoing.size();
    int waiting = 0;
    for (PendingActivityInfo lane : lanes()) {
      if (lane.getState() != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED) {
        begun++;
        progress(lane).ifPresent(told -> slots.put(told.slots().process(), told.slots().count()));
      } else if (isWithoutSlot(lane)) {
        waiting++;
      }
    }
    Optional<List<PollerInfo>> pollers = pollers();
    return new LaneCensus(
        begun,
        waiting,
        slots(slots, pollers),
        outgoing,
        // Workers that polled minutes ago count, too: their lanes may still be running.
        pollers.filter(known -> known.size() == 1).isPresent());
  }

  /**
   * Returns the most lanes that the workers run: of those heard of by heartbeats, or of those that
   * poll and announce their slots, whichever are more. Empty if unknown.
   */
  private Optional<Integer> slots(Map<String, Integer> heard, Optional<List<PollerInfo>> pollers) {
    long known = heard.values().stream().mapToLong(Integer::longValue).sum();
    OptionalLong announced = pollers.map(this::announced).orElse(OptionalLong.empty());
    return heard.isEmpty() && announced.isEmpty()
        ? Optional.empty()
        : Optional.of(
            (int) Math.min(Math.max(known, announced.orElse(0)), LaneProgress.Slots.MOST));
  }

  /** Returns the slots that pollers announce; empty if one of them announces none. */
  private OptionalLong announced(List<PollerInfo> pollers) {
    Instant since = now().minus(Timeouts.ASKS);
    long sum = 0;
    for (PollerInfo poller : pollers) {
      if (instant(poller.getLastAccessTime()).isAfter(since)) {
        Optional<Integer> told = PollerIdentity.slotsOf(poller.getIdentity());
        if (told.isEmpty()) {
          return OptionalLong.empty();
        }
        sum += told.get();
      }
    }
    return OptionalLong.of(sum);
  }

  private List<String> outgoing(List<String> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    List<Lease> leases = queue.leases(EventQueue.MAX_PAGE);
    return ids.stream()
        .filter(id -> leases.stream().anyMatch(lease -> LaneRequest.isHeldBy(id, lease)))
        .toList();
  }

  private List<PendingActivityInfo> lanes() {
    try {
      return manager().describe().getRawDescription().getPendingActivitiesList().stream()
          .filter(Activities::isLane)
          .toList();
    } catch (WorkflowException unknown) {
      LOG.debug("it is not known which lanes have begun", unknown);
      return List.of();
    }
  }

  /** Returns the workers that poll for lanes now or did minutes ago; empty if unknown. */
  private Optional<List<PollerInfo>> pollers() {
    String taskQueue = Timeouts.lanes(context.getInfo().getActivityTaskQueue());
    try {
      return Optional.of(
          context
              .getWorkflowClient()
              .getWorkflowServiceStubs()
              .blockingStub()
              .withDeadlineAfter(Timeouts.SLOT.toMillis(), TimeUnit.MILLISECONDS)
              .describeTaskQueue(
                  DescribeTaskQueueRequest.newBuilder()
                      .setNamespace(context.getInfo().getNamespace())
                      .setTaskQueue(TaskQueue.newBuilder().setName(taskQueue))
                      .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                      .build())
              .getPollersList());
    } catch (StatusRuntimeException unknown) {
      LOG.debug("it is not known who asks for lanes", unknown);
      return Optional.empty();
    }
  }

  private WorkflowStub manager() {
    ActivityInfo info = context.getInfo();
    WorkflowTargetOptions run =
        WorkflowTargetOptions.newBuilder()
            .setWorkflowId(info.getWorkflowId())
            .setRunId(info.getWorkflowRunId())
            .build();
    return context.getWorkflowClient().newUntypedWorkflowStub(run);
  }

  /** Returns whether a lane waits for a slot; one that failed and waits for a retry does not. */
  private boolean isWithoutSlot(PendingActivityInfo lane) {
    if (lane.getAttempt() > 1 || !lane.hasScheduledTime()) {
      return false;
    }
    Instant scheduled = instant(lane.getScheduledTime());
    return Duration.between(scheduled, now()).compareTo(Timeouts.SLOT) > 0;
  }

  private Instant now() {
    return Instant.ofEpochMilli(context.getInfo().getStartedTimestamp());
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  private Optional<LaneProgress> progress(PendingActivityInfo lane) {
    if (!lane.hasHeartbeatDetails()) {
      return Optional.empty();
    }
    RawValue raw =
        context
            .getWorkflowClient()
            .getOptions()
            .getDataConverter()
            .fromPayloads(
                0, Optional.of(lane.getHeartbeatDetails()), RawValue.class, RawValue.class);
    return Optional.ofNullable(Json.read(raw, LaneProgress.class));
  }
}
