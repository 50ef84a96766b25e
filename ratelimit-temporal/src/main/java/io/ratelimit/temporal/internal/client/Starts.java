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

/** How managers are started, by a client or by a schedule. */
public final class Starts {

  private final WorkflowClient client;
  private final String taskQueue;
  private final Consumer<WorkflowOptions.Builder> change;
  private final SearchKeys searchKeys;

  /**
   * @param change is told the options of each manager, to change them
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
