package io.ratelimit.cli.server;

import io.ratelimit.cli.option.TemporalOptions;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.telemetry.Telemetry;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import java.io.IOException;

/**
 * A Temporal server to work with: one that runs somewhere, or one of our own, which ends with this.
 */
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

  /** Returns the one that the options name, or with {@code dev} a development server of our own. */
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

  /** Temporal's test server, in this process and in real time. */
  public static TemporalServer embedded() {
    TestServer.InProcessTestServer own = TestServer.createServer(true);
    return new TemporalServer(
        WorkflowServiceStubsOptions.newBuilder().setChannel(own.getChannel()).build(),
        WorkflowClientOptions.getDefaultInstance(),
        "embedded: the SDK's test server, in this process",
        own);
  }

  /** The same, made known to telemetry. */
  public TemporalServer through(Telemetry telemetry) {
    return new TemporalServer(telemetry.temporal(server, client), client, shown, own);
  }

  public WorkflowServiceStubsOptions server() {
    return server;
  }

  public WorkflowClientOptions client() {
    return client;
  }

  /** Returns where it is, for a person. */
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
