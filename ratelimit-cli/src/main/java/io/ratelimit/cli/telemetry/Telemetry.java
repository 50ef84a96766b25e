package io.ratelimit.cli.telemetry;

import io.javalin.config.JavalinConfig;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.temporal.RateLimitWorker;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a process tells of itself to Prometheus, to Kubernetes and the like. Each part of the
 * process is made known to it once; where a part is given back, that is to be used in its place.
 */
public interface Telemetry extends AutoCloseable {

  /** Tells nothing, and leaves every part as it is. */
  Telemetry NONE = new Telemetry() {};

  /** Makes the queue known. */
  default EventQueue queue(EventQueue queue) {
    return queue;
  }

  /** Returns who is to be told of attempts. */
  default List<EngineListener> listeners() {
    return List.of();
  }

  /** Makes the server known, and lets all that happens over the options that are given back. */
  default WorkflowServiceStubsOptions temporal(
      WorkflowServiceStubsOptions server, WorkflowClientOptions client) {
    return server;
  }

  /** Makes the worker known. */
  default void worker(RateLimitWorker worker) {}

  /**
   * Makes known how the queue and its manager are.
   *
   * @param picture answers at once
   */
  default void watched(Supplier<Picture> picture) {}

  /** Returns whether anybody is told of {@linkplain #watched what is watched}. */
  default boolean isServed() {
    return false;
  }

  /** All parts are known. */
  default void started() {}

  /** The process is about to end. */
  default void stopping() {}

  /** Returns where it is to be seen, for a person; nothing if it is not served here. */
  default Optional<String> url() {
    return Optional.empty();
  }

  /** Returns what another server is to serve in its place. */
  default List<Consumer<JavalinConfig>> elsewhere() {
    return List.of();
  }

  @Override
  default void close() {}
}
