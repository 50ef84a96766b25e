package io.ratelimit.cli.server;

import io.grpc.StatusRuntimeException;
import io.ratelimit.core.time.Time;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Temporal's development server, of our own: it has a web UI and keeps nothing on disk. */
public final class DevServer implements AutoCloseable {

  private static final String PROGRAM = "temporal";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Process process;
  private final int port;
  private final int uiPort;

  private DevServer(Process process, int port, int uiPort) {
    this.process = process;
    this.port = port;
    this.uiPort = uiPort;
  }

  /** Whether there is one on the {@code PATH}. */
  public static boolean isInstalled() {
    return OwnSession.onPath(PROGRAM).isPresent();
  }

  /**
   * Starts one on free ports of the loopback address and waits until it answers.
   *
   * @throws IOException if it does not start
   */
  public static DevServer start() throws IOException, InterruptedException {
    int port = EmbeddedRedis.freePort();
    int uiPort = EmbeddedRedis.freePort();
    Process process =
        new ProcessBuilder(
                OwnSession.command(
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
                        "--log-level",
                        "error")))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    DevServer server = new DevServer(process, port, uiPort);
    try {
      server.awaitAnswer();
      return server;
    } catch (IOException | InterruptedException | RuntimeException failure) {
      server.close();
      throw failure;
    }
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    Time time = Time.system();
    Instant end = time.now().plus(PATIENCE);
    while (!answers()) {
      if (!process.isAlive() || time.now().isAfter(end)) {
        throw new IOException("Temporal's development server does not start");
      }
      time.sleep(PAUSE);
    }
  }

  private boolean answers() {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address()).build());
    try {
      var unused =
          stubs
              .blockingStub()
              .withDeadlineAfter(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
              .getSystemInfo(GetSystemInfoRequest.getDefaultInstance());
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
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException hurry) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
