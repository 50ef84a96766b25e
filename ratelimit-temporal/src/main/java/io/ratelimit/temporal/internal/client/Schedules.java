package io.ratelimit.temporal.internal.client;

import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerSchedule;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionExecution;
import io.temporal.client.schedules.ScheduleActionExecutionStartWorkflow;
import io.temporal.client.schedules.ScheduleActionResult;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.SchedulePolicy;
import io.temporal.client.schedules.ScheduleSpec;
import java.time.Duration;
import java.util.List;

/** Temporal schedules that start managers. Throws the SDK's exceptions. */
public final class Schedules {

  private final ScheduleClient client;
  private final Starts starts;

  public Schedules(WorkflowClient workflows, Starts starts) {
    WorkflowClientOptions options = workflows.getOptions();
    this.client =
        ScheduleClient.newInstance(
            workflows.getWorkflowServiceStubs(),
            ScheduleClientOptions.newBuilder()
                .setNamespace(options.getNamespace())
                .setIdentity(options.getIdentity())
                .setDataConverter(options.getDataConverter())
                .setContextPropagators(options.getContextPropagators())
                .build());
    this.starts = starts;
  }

  public void create(String id, ManagerOptions manager, Duration every) {
    ScheduleActionStartWorkflow start =
        ScheduleActionStartWorkflow.newBuilder()
            .setWorkflowType(ManagerTypes.WORKFLOW)
            .setArguments(Json.raw(manager))
            .setOptions(starts.options(id, manager))
            .build();
    Schedule schedule =
        Schedule.newBuilder()
            .setAction(start)
            .setSpec(
                ScheduleSpec.newBuilder()
                    .setIntervals(List.of(new ScheduleIntervalSpec(every)))
                    .build())
            .setPolicy(
                SchedulePolicy.newBuilder()
                    .setOverlap(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP)
                    // After an outage, one audit is enough: the missed events are in the queue.
                    .setCatchupWindow(every)
                    .build())
            .build();
    var unused = client.createSchedule(id, schedule, ScheduleOptions.newBuilder().build());
  }

  public ManagerSchedule describe(String id) {
    ScheduleDescription found = client.getHandle(id).describe();
    return new ManagerSchedule(
        found.getId(),
        every(found.getSchedule()),
        found.getSchedule().getState() != null && found.getSchedule().getState().isPaused(),
        found.getInfo().getNextActionTimes(),
        found.getInfo().getRecentActions().stream().map(Schedules::started).toList(),
        found.getInfo().getRunningActions().stream().map(Schedules::managerId).toList(),
        found.getInfo().getNumActionsSkippedOverlap());
  }

  /** Returns the interval, or zero if the schedule uses a calendar instead. */
  private static Duration every(Schedule schedule) {
    List<ScheduleIntervalSpec> intervals = schedule.getSpec().getIntervals();
    return intervals == null || intervals.isEmpty() ? Duration.ZERO : intervals.get(0).getEvery();
  }

  private static ManagerSchedule.Started started(ScheduleActionResult result) {
    return new ManagerSchedule.Started(
        managerId(result.getAction()), result.getScheduledAt(), result.getStartedAt());
  }

  private static String managerId(ScheduleActionExecution execution) {
    return ((ScheduleActionExecutionStartWorkflow) execution).getWorkflowId();
  }

  public void delete(String id) {
    client.getHandle(id).delete();
  }
}
