package io.ratelimit.temporal.internal.client;

import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.Labels;
import io.ratelimit.temporal.internal.wire.ManagerSummary;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.util.Map;
import java.util.function.Consumer;

/** Starts managers, from a client or a schedule. */
public final class Starts {

  private final WorkflowClient client;
  private final String taskQueue;
  private final Consumer<WorkflowOptions.Builder> change;
  private final SearchKeys searchKeys;

  /**
   * @param change changes the workflow options of each manager
   */
  public Starts(
      WorkflowClient client,
      String taskQueue,
      Consumer<WorkflowOptions.Builder> change,
      SearchKeys searchKeys) {
    this.client = client;
    this.taskQueue = taskQueue;
    this.change = change;
    this.searchKeys = searchKeys;
  }

  WorkflowOptions options(String id, ManagerOptions manager) {
    WorkflowOptions.Builder options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(id)
            .setTaskQueue(taskQueue)
            .setWorkflowTaskTimeout(Timeouts.WORKFLOW_TASK)
            .setMemo(Map.of(ManagerTypes.MEMO, Json.raw(ManagerSummary.starting(manager.queue()))))
            .setTypedSearchAttributes(searchKeys.ofNew(manager.queue()))
            .setStaticSummary(Labels.summary(manager))
            .setStaticDetails(Labels.details(manager));
    change.accept(options);
    return options.build();
  }

  public WorkflowStub stub(String id, ManagerOptions manager) {
    return client.newUntypedWorkflowStub(ManagerTypes.WORKFLOW, options(id, manager));
  }
}
