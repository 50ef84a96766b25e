package io.ratelimit.cli.doctor;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.ratelimit.cli.option.TemporalOptions;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Texts;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Looks at a Temporal server as managers and workers would use it. Changes nothing. */
final class TemporalChecks {

  private static final String SUBJECT = "Temporal";
  private static final int PATIENCE_SECONDS = 3;

  private final TemporalOptions options;
  private final String target;
  private final String namespace;
  private final List<Finding> findings = new ArrayList<>();

  private TemporalChecks(TemporalOptions options) {
    this.options = options;
    this.target = options.server().getTarget();
    this.namespace = options.client().getNamespace();
  }

  /** Looks. */
  static List<Finding> of(TemporalOptions options) {
    TemporalChecks checks = new TemporalChecks(options);
    checks.run();
    return checks.findings;
  }

  private void run() {
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(options.server());
    try {
      findings.add(server(stubs));
      findings.add(workers(stubs));
    } catch (StatusRuntimeException failure) {
      findings.add(refusal(failure));
    } finally {
      stubs.shutdownNow();
    }
  }

  private static WorkflowServiceBlockingStub in(WorkflowServiceStubs stubs) {
    return stubs.blockingStub().withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private Finding server(WorkflowServiceStubs stubs) {
    String version =
        in(stubs).getSystemInfo(GetSystemInfoRequest.getDefaultInstance()).getServerVersion();
    var unused =
        in(stubs)
            .describeNamespace(
                DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build());
    return Finding.ok(SUBJECT, version + " at " + target + ", namespace " + namespace);
  }

  private Finding workers(WorkflowServiceStubs stubs) {
    long workers =
        in(stubs)
            .describeTaskQueue(
                DescribeTaskQueueRequest.newBuilder()
                    .setNamespace(namespace)
                    .setTaskQueue(TaskQueue.newBuilder().setName(options.taskQueue()))
                    .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                    .build())
            .getPollersList()
            .stream()
            .map(poller -> poller.getIdentity())
            .distinct()
            .count();
    String finding = Texts.count(workers, "worker") + " on task queue " + options.taskQueue();
    return workers == 0
        ? Finding.warn(
            "Workers",
            finding,
            "managers of this task queue wait until one comes: start ratelimit worker, with this"
                + " task queue and namespace")
        : Finding.ok("Workers", finding);
  }

  private Finding refusal(StatusRuntimeException failure) {
    if (failure.getStatus().getCode() == Status.Code.NOT_FOUND) {
      return Finding.fail(
          SUBJECT,
          target + " has no namespace " + namespace,
          "create it, or name another with --namespace or TEMPORAL_NAMESPACE");
    }
    String finding = target + " cannot be used: " + Causes.told(failure);
    return options.isGiven()
        ? Finding.fail(SUBJECT, finding, "start it, or say where it is with --temporal")
        : Finding.warn(
            SUBJECT,
            finding,
            "only managers and workers need it: start it, or say where it is with --temporal or"
                + " TEMPORAL_ADDRESS");
  }
}
