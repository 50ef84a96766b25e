package io.ratelimit.cli.server;

import io.ratelimit.cli.option.TemporalOptions;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.telemetry.Telemetry;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import java.io.IOException;

/** A Temporal server: an existing one, or our own, which ends when this is closed. */
public final class TemporalServer implements AutoCloseable {

  private final WorkflowServiceStubsOptions server;
  private final WorkflowClientOptions client;
  private final String shown;
  private final AutoCloseable own;

  private TemporalServer(
      WorkflowServiceStubsOptions server,
      WorkflowClientOptions client,
      String shown,
      AutoCloseable own) {
    this.server = server;
    this.client = client;
    this.shown = shown;
    this.own = own;
  }

  /** Returns the server that the options name, or for {@code dev} our own development server. */
  public static TemporalServer of(TemporalOptions options) throws InterruptedException {
    if (!options.isDev()) {
      WorkflowServiceStubsOptions server = options.server();
      return new TemporalServer(server, options.client(), server.getTarget(), () -> {});
    }
    if (!DevServer.isInstalled()) {
      throw new InputException(
          "--temporal dev needs Temporal's command line, temporal, on the PATH; it is not there");
    }
    try {
      DevServer dev = DevServer.start();
      return new TemporalServer(
          WorkflowServiceStubsOptions.newBuilder().setTarget(dev.address()).build(),
          options.client(),
          dev.address() + ", a development server; its web UI is at " + dev.ui(),
          dev);
    } catch (IOException failure) {
      throw new InputException("--temporal dev: " + failure.getMessage());
    }
  }

  /** Starts Temporal's test server in this process, in real time. */
  public static TemporalServer embedded() {
    TestServer.InProcessTestServer own = TestServer.createServer(true);
    return new TemporalServer(
        WorkflowServiceStubsOptions.newBuilder().setChannel(own.getChannel()).build(),
        WorkflowClientOptions.getDefaultInstance(),
        "embedded: the SDK's test server, in this process",
        own);
  }

  /** Returns this server, registered with telemetry. */
  public TemporalServer through(Telemetry telemetry) {
    return new TemporalServer(telemetry.temporal(server, client), client, shown, own);
  }

  public WorkflowServiceStubsOptions server() {
    return server;
  }

  public WorkflowClientOptions client() {
    return client;
  }

  /** Returns the server's location, for people. */
  public String shown() {
    return shown;
  }

  @Override
  public void close() {
    try {
      own.close();
    } catch (Exception failure) {
      throw new IllegalStateException("Temporal's own server cannot be stopped", failure);
    }
  }
}
