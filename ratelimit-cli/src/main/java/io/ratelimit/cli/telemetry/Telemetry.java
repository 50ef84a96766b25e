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
 * What a process reports to Prometheus, Kubernetes and similar systems. Register each part of the
 * process once; if a method returns a part, use that one instead.
 */
public interface Telemetry extends AutoCloseable {

  /** Reports nothing and returns every part unchanged. */
  Telemetry NONE = new Telemetry() {};

  /** Registers the queue. */
  default EventQueue queue(EventQueue queue) {
    return queue;
  }

  /** Returns listeners for attempts. */
  default List<EngineListener> listeners() {
    return List.of();
  }

  /** Registers the server; use the returned options for all calls to it. */
  default WorkflowServiceStubsOptions temporal(
      WorkflowServiceStubsOptions server, WorkflowClientOptions client) {
    return server;
  }

  /** Registers the worker. */
  default void worker(RateLimitWorker worker) {}

  /**
   * Registers the state of queue and manager.
   *
   * @param picture must return at once
   */
  default void watched(Supplier<Picture> picture) {}

  /** Returns whether anything uses the {@linkplain #watched registered} state. */
  default boolean isServed() {
    return false;
  }

  /** Notes that all parts are registered. */
  default void started() {}

  /** Notes that the process is about to end. */
  default void stopping() {}

  /** Returns the address, for people; empty if it is not served here. */
  default Optional<String> url() {
    return Optional.empty();
  }

  /** Returns the routes that another server must serve. */
  default List<Consumer<JavalinConfig>> elsewhere() {
    return List.of();
  }

  @Override
  default void close() {}
}
