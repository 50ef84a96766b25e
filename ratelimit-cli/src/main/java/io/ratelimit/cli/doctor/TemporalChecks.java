package io.ratelimit.cli.doctor;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.ratelimit.cli.option.SlotsText;
import io.ratelimit.cli.option.TemporalOptions;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerQuery;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.temporal.manager.PollingWorker;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Checks a Temporal server as managers and workers would use it. Changes nothing. */
final class TemporalChecks {

  private static final String SUBJECT = "Temporal";
  private static final String MANAGERS = "Managers";
  private static final int PATIENCE_SECONDS = 3;

  private final TemporalOptions options;
  private final String queue;
  private final String target;
  private final String namespace;
  private final List<Finding> findings = new ArrayList<>();

  private TemporalChecks(TemporalOptions options, String queue) {
    this.options = options;
    this.queue = queue;
    this.target = options.server().getTarget();
    this.namespace = options.client().getNamespace();
  }

  /**
   * Runs the checks.
   *
   * @param queue the name of the queue whose managers and workers to look for
   */
  static List<Finding> of(TemporalOptions options, String queue) {
    TemporalChecks checks = new TemporalChecks(options, queue);
    checks.run();
    return checks.findings;
  }

  private void run() {
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(options.server());
    try {
      findings.add(server(stubs));
      managersAndWorkers();
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

  private void managersAndWorkers() {
    try (RateLimitClient client = options.connect(queue)) {
      findings.add(workers(client.workers()));
      findings.add(managers(client.list(ManagerQuery.RUNNING).managers()));
    } catch (ManagerException.Unsupported noVisibility) {
      // Temporal's test server cannot list anything.
      findings.add(Finding.ok(MANAGERS, "this server cannot list them"));
    } catch (ManagerException refused) {
      findings.add(
          Finding.fail(
              SUBJECT, String.valueOf(refused.getMessage()), "check the server's message"));
    }
  }

  private Finding workers(List<PollingWorker> workers) {
    long processes = workers.stream().map(PollingWorker::identity).distinct().count();
    String finding =
        Texts.count(processes, "worker")
            + " on task queue "
            + options.taskQueue(queue)
            + SlotsText.of(workers).map(slots -> ", " + slots).orElse("");
    if (processes == 0) {
      return Finding.warn(
          "Workers",
          finding,
          "managers of this task queue wait for one: start ratelimit worker, with this"
              + " queue and namespace");
    }
    List<String> others =
        workers.stream()
            .flatMap(worker -> worker.queue().stream())
            .filter(name -> !name.equals(queue))
            .distinct()
            .toList();
    return others.isEmpty()
        ? Finding.ok("Workers", finding)
        : Finding.fail(
            "Workers",
            finding + ", some of them for another queue: " + String.join(", ", others),
            "they refuse the managers of "
                + queue
                + ": give each queue its own task queue, which is the default without"
                + " --task-queue");
  }

  private Finding managers(List<ManagerDescription> managers) {
    String finding =
        managers.isEmpty() ? "none runs" : Texts.count(managers.size(), "manager") + " at work";
    for (ManagerDescription manager : managers) {
      if (manager.problem().isPresent()) {
        return Finding.fail(
            MANAGERS,
            manager.id() + " is stuck: " + manager.problem().get(),
            "start a worker of the version that it was started with, or end it with ratelimit stop"
                + " --terminate "
                + manager.id());
      }
      if (manager.queue().filter(name -> !name.equals(queue)).isPresent()) {
        return Finding.warn(
            MANAGERS,
            manager.id() + " is for queue " + manager.queue().get() + ", not for " + queue,
            "name its queue with --queue, or give each queue its own task queue");
      }
      if (manager.state().equals(Optional.of(ManagerStatus.State.UNREACHABLE))) {
        return Finding.fail(
            MANAGERS,
            manager.id() + " cannot reach its queue",
            "see ratelimit status " + manager.id() + ", and whether its workers reach Redis");
      }
    }
    return Finding.ok(MANAGERS, finding);
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
        ? Finding.fail(SUBJECT, finding, "start it, or set its address with --temporal")
        : Finding.warn(
            SUBJECT,
            finding,
            "only managers and workers need it: start it, or set its address with"
                + " --temporal or TEMPORAL_ADDRESS");
  }
}
