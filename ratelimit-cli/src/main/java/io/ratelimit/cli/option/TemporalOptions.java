package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.temporal.RateLimitClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The Temporal server, namespace and task queue. Unset options come from the sources of Temporal's
 * own tools: the environment ({@code TEMPORAL_ADDRESS}, {@code TEMPORAL_API_KEY}, TLS and so on)
 * and the configuration file.
 */
public final class TemporalOptions {

  private static final String LOCAL = "localhost:7233";
  private static final String DEV = "dev";
  private static final Pattern ADDRESS = Pattern.compile("[^\\s/]+:\\d{1,5}");

  @Option(
      names = "--temporal",
      paramLabel = "HOST:PORT",
      description = {
        "The address of Temporal. Default: from the environment (TEMPORAL_ADDRESS,"
            + " TEMPORAL_API_KEY, TEMPORAL_TLS, … or a profile), or "
            + LOCAL
            + ".",
        "With dev, worker and system start their own development server."
      })
  private @Nullable String address;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description =
          "Temporal's namespace. Default: the environment variable TEMPORAL_NAMESPACE, or default.")
  private @Nullable String namespace;

  @Option(
      names = "--task-queue",
      paramLabel = "NAME",
      description = "The task queue that workers serve. Default: the name of the queue.")
  private @Nullable String taskQueue;

  /** Returns whether an option names the server. */
  public boolean isGiven() {
    return address != null;
  }

  /** Returns whether to start a development server. */
  public boolean isDev() {
    return DEV.equals(address);
  }

  /**
   * Returns the task queue of a queue's workers: the queue's own, unless an option sets another.
   *
   * @throws InputException if it is blank
   */
  public String taskQueue(String queue) {
    if (taskQueue != null && taskQueue.isBlank()) {
      throw new InputException("--task-queue must not be blank");
    }
    return taskQueue == null ? queue : taskQueue;
  }

  /**
   * Connects a client for the managers of a queue.
   *
   * @throws InputException if an option or the configuration file cannot be understood
   * @throws io.ratelimit.temporal.manager.ManagerException if the server or the namespace cannot be
   *     reached
   */
  public RateLimitClient connect(String queue) {
    return connect(queue, (server, client) -> server);
  }

  /** Connects with changed server options. */
  public RateLimitClient connect(
      String queue,
      BiFunction<WorkflowServiceStubsOptions, WorkflowClientOptions, WorkflowServiceStubsOptions>
          through) {
    WorkflowClientOptions client = client();
    return RateLimitClient.connect(through.apply(server(), client), client, taskQueue(queue));
  }

  /** Returns the options of the server. */
  public WorkflowServiceStubsOptions server() {
    if (isDev()) {
      throw new InputException(
          "--temporal dev starts its own server, for worker and system only; name a"
              + " running server");
    }
    if (address != null && !ADDRESS.matcher(address).matches()) {
      throw new InputException(
          "--temporal must look like localhost:7233 but is " + Texts.quoted(address));
    }
    ClientConfigProfile profile = profile();
    WorkflowServiceStubsOptions.Builder server =
        WorkflowServiceStubsOptions.newBuilder(profile.toWorkflowServiceStubsOptions());
    if (address != null || profile.getAddress() == null) {
      server.setTarget(address == null ? LOCAL : address);
    }
    return server.validateAndBuildWithDefaults();
  }

  /** Returns the options of the client. */
  public WorkflowClientOptions client() {
    WorkflowClientOptions.Builder client =
        WorkflowClientOptions.newBuilder(profile().toWorkflowClientOptions());
    if (namespace != null) {
      if (namespace.isBlank()) {
        throw new InputException("--namespace must not be blank");
      }
      client.setNamespace(namespace);
    }
    return client.validateAndBuildWithDefaults();
  }

  private static ClientConfigProfile profile() {
    try {
      return ClientConfigProfile.load();
    } catch (IOException | RuntimeException unreadable) {
      throw new InputException(
          "Temporal's configuration in the environment or its file cannot be read: "
              + Causes.told(unreadable));
    }
  }
}
