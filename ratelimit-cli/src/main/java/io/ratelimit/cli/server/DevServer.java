package io.ratelimit.cli.server;

import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Our own Temporal development server, with a web UI and nothing on disk. */
public final class DevServer implements AutoCloseable {

  private static final String PROGRAM = "temporal";
  private static final Duration PATIENCE_FOR_AN_ANSWER = Duration.ofSeconds(1);

  private final OwnProcess process;
  private final int port;
  private final int uiPort;
  private final String mark;

  private DevServer(OwnProcess process, int port, int uiPort, String mark) {
    this.process = process;
    this.port = port;
    this.uiPort = uiPort;
    this.mark = mark;
  }

  /** Returns whether the {@code PATH} has the program. */
  public static boolean isInstalled() {
    return OwnProcess.onPath(PROGRAM).isPresent();
  }

  /**
   * Starts a server on free ports of the loopback address, and waits until it answers.
   *
   * @throws IOException if it does not start
   */
  public static DevServer start() throws IOException, InterruptedException {
    return start(FreePorts.ANY);
  }

  /** Starts a server on given ports; if one is taken by then, tries others. */
  static DevServer start(FreePorts ports) throws IOException, InterruptedException {
    return ports.tried(() -> startAt(ports.next(), ports.next()));
  }

  private static DevServer startAt(int port, int uiPort) throws IOException, InterruptedException {
    String mark = "ratelimit-" + UUID.randomUUID();
    OwnProcess process =
        OwnProcess.start(
            folder ->
                List.of(
                    PROGRAM,
                    "server",
                    "start-dev",
                    "--ip",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(port),
                    "--ui-port",
                    Integer.toString(uiPort),
                    "--namespace",
                    mark,
                    "--log-level",
                    "error"));
    DevServer server = new DevServer(process, port, uiPort, mark);
    try {
      process.awaitAnswer("Temporal's development server", server::answers);
      return server;
    } catch (IOException | InterruptedException | RuntimeException failure) {
      server.close();
      throw failure;
    }
  }

  /** Returns whether this server answers: no other has a namespace with that name. */
  private boolean answers() {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address()).build());
    try {
      for (String namespace : List.of("default", mark)) {
        var unused =
            stubs
                .blockingStub()
                .withDeadlineAfter(PATIENCE_FOR_AN_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .describeNamespace(
                    DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build());
      }
      return true;
    } catch (StatusRuntimeException notYet) {
      return false;
    } finally {
      stubs.shutdownNow();
    }
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  String ui() {
    return "http://127.0.0.1:" + uiPort;
  }

  @Override
  public void close() {
    process.close();
  }
}
