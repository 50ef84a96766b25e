package io.ratelimit.core.handler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.internal.handler.BatchForm;
import io.ratelimit.core.internal.handler.Chosen;
import io.ratelimit.core.internal.handler.EventProcessor;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Configures handlers, in the builder of whatever calls them. For each event there is one handler:
 * that of its type, known by its name, or the one of all other types. Without a handler for all,
 * events of other types are left to the engines and workers that have one for them.
 *
 * <p>A lambda with one parameter is given the event, one with two the {@link AttemptContext}, too.
 * A lambda with braces and without a value is a blocking handler; one with a value must return a
 * {@link java.util.concurrent.CompletionStage}, and is an asynchronous handler:
 *
 * <pre>{@code
 * .handler(event -> { exchange.audit(event.walletId()); })
 * .handler(exchange::audit)
 * .asyncHandler(event -> exchange.auditAsync(event.walletId()))
 * }</pre>
 *
 * <p>So no future is dropped: with a value that is no stage, and without braces around a call that
 * has no value, the compiler says "bad return type in lambda expression". Not thread-safe.
 *
 * @param <B> the builder
 */
public abstract class HandlerBuilder<B extends HandlerBuilder<B>> {

  static {
    Chosen.reachedBy(builder -> builder.handlers);
  }

  private final EventProcessor.Builder handlers = EventProcessor.builder();

  /** For the builders of this library. */
  protected HandlerBuilder() {}

  /** Returns this. */
  protected abstract B self();

  /**
   * Sets the handler of all events whose type has none of its own.
   *
   * @throws IllegalStateException if there is one already
   */
  @CanIgnoreReturnValue
  public final B handler(AuditEventHandler handler) {
    handlers.handler(handler);
    return self();
  }

  /** The same, told about its attempt. */
  @CanIgnoreReturnValue
  public final B handler(AttemptHandler handler) {
    handlers.handler(handler);
    return self();
  }

  /**
   * The same as {@link #asyncHandler(AsyncAuditEventHandler)}: whoever returns a future means it.
   */
  @CanIgnoreReturnValue
  public final B handler(AsyncAuditEventHandler handler) {
    return asyncHandler(handler);
  }

  /** The same as {@link #asyncHandler(AsyncAttemptHandler)}. */
  @CanIgnoreReturnValue
  public final B handler(AsyncAttemptHandler handler) {
    return asyncHandler(handler);
  }

  /**
   * Sets the asynchronous handler of all events whose type has none of its own. An attempt occupies
   * its lane until the stage completes, and no thread: thousands may be under way. Timeouts,
   * leases, retries and the limit are those of blocking handlers.
   *
   * @throws IllegalStateException if there is a handler for all already
   */
  @CanIgnoreReturnValue
  public final B asyncHandler(AsyncAuditEventHandler handler) {
    handlers.handler(handler);
    return self();
  }

  /** The same, told about its attempt. */
  @CanIgnoreReturnValue
  public final B asyncHandler(AsyncAttemptHandler handler) {
    handlers.handler(handler);
    return self();
  }

  /**
   * Sets the handler of the events of one type, known by its name.
   *
   * @throws IllegalStateException if the type has one already
   */
  @CanIgnoreReturnValue
  public final B handler(EventType type, AuditEventHandler handler) {
    handlers.handler(type, handler);
    return self();
  }

  /** The same, told about its attempt. */
  @CanIgnoreReturnValue
  public final B handler(EventType type, AttemptHandler handler) {
    handlers.handler(type, handler);
    return self();
  }

  /** The same as {@link #asyncHandler(EventType, AsyncAuditEventHandler)}. */
  @CanIgnoreReturnValue
  public final B handler(EventType type, AsyncAuditEventHandler handler) {
    return asyncHandler(type, handler);
  }

  /** The same as {@link #asyncHandler(EventType, AsyncAttemptHandler)}. */
  @CanIgnoreReturnValue
  public final B handler(EventType type, AsyncAttemptHandler handler) {
    return asyncHandler(type, handler);
  }

  /**
   * Sets the asynchronous handler of the events of one type, known by its name.
   *
   * @throws IllegalStateException if the type has a handler already
   */
  @CanIgnoreReturnValue
  public final B asyncHandler(EventType type, AsyncAuditEventHandler handler) {
    handlers.handler(type, handler);
    return self();
  }

  /** The same, told about its attempt. */
  @CanIgnoreReturnValue
  public final B asyncHandler(EventType type, AsyncAttemptHandler handler) {
    handlers.handler(type, handler);
    return self();
  }

  /**
   * Sets the handler of all events whose type has none of its own, in batches of one type each. An
   * event that is taken joins the batch of its type, which the handler gets when it is full, or
   * when its first event has waited long enough. Every event of a batch is an attempt of its own,
   * with its own permit, and occupies a worker, from the moment it is taken: no batch is larger
   * than there are workers, and the wait belongs to the time that an attempt takes.
   *
   * @param most how many events a batch has at most: 1 to 1000
   * @param wait how long its first event waits for others; zero: not at all, and a batch is a
   *     single event
   * @throws IllegalArgumentException if a number is outside its range
   * @throws IllegalStateException if there is a handler for all already
   */
  @CanIgnoreReturnValue
  public final B batchHandler(int most, Duration wait, BatchHandler handler) {
    handlers.handler(BatchForm.blocking(most, wait, BatchForm.ONE_FOR_ALL, handler));
    return self();
  }

  /**
   * Sets the handler of the events of one type, known by its name, in batches as {@link
   * #batchHandler(int, Duration, BatchHandler)} makes them.
   *
   * @throws IllegalArgumentException if a number is outside its range
   * @throws IllegalStateException if the type has a handler already
   */
  @CanIgnoreReturnValue
  public final B batchHandler(EventType type, int most, Duration wait, BatchHandler handler) {
    handlers.handler(type, BatchForm.blocking(most, wait, BatchForm.ONE_FOR_ALL, handler));
    return self();
  }

  /** The same as {@link #batchHandler(int, Duration, BatchHandler)} for an asynchronous handler. */
  @CanIgnoreReturnValue
  public final B asyncBatchHandler(int most, Duration wait, AsyncBatchHandler handler) {
    handlers.handler(BatchForm.async(most, wait, BatchForm.ONE_FOR_ALL, handler));
    return self();
  }

  /**
   * The same as {@link #batchHandler(EventType, int, Duration, BatchHandler)} for an asynchronous
   * handler.
   */
  @CanIgnoreReturnValue
  public final B asyncBatchHandler(
      EventType type, int most, Duration wait, AsyncBatchHandler handler) {
    handlers.handler(type, BatchForm.async(most, wait, BatchForm.ONE_FOR_ALL, handler));
    return self();
  }

  /**
   * Sets the handler of all events whose type has none of its own, in batches of one type and one
   * key each: for a call that takes several events of an account, for example. Otherwise as {@link
   * #batchHandler(int, Duration, BatchHandler)}. Events are taken in the order of the queue,
   * whatever their keys are: where many keys have events, let there be many times as many workers
   * as events in a batch. When each worker holds an event that waits, the largest batch is handled.
   *
   * @param key what the events of a batch have in common, the key of a named limit for example;
   *     null: this event joins those of its type that have no key either
   * @throws IllegalArgumentException if a number is outside its range
   * @throws IllegalStateException if there is a handler for all already
   */
  @CanIgnoreReturnValue
  public final B batchHandler(
      int most, Duration wait, Function<AuditEvent, @Nullable String> key, BatchHandler handler) {
    handlers.handler(BatchForm.blocking(most, wait, key, handler));
    return self();
  }

  /** The same for the events of one type, known by its name. */
  @CanIgnoreReturnValue
  public final B batchHandler(
      EventType type,
      int most,
      Duration wait,
      Function<AuditEvent, @Nullable String> key,
      BatchHandler handler) {
    handlers.handler(type, BatchForm.blocking(most, wait, key, handler));
    return self();
  }

  /**
   * The same as {@link #batchHandler(int, Duration, Function, BatchHandler)} for an asynchronous
   * handler.
   */
  @CanIgnoreReturnValue
  public final B asyncBatchHandler(
      int most,
      Duration wait,
      Function<AuditEvent, @Nullable String> key,
      AsyncBatchHandler handler) {
    handlers.handler(BatchForm.async(most, wait, key, handler));
    return self();
  }

  /** The same for the events of one type, known by its name. */
  @CanIgnoreReturnValue
  public final B asyncBatchHandler(
      EventType type,
      int most,
      Duration wait,
      Function<AuditEvent, @Nullable String> key,
      AsyncBatchHandler handler) {
    handlers.handler(type, BatchForm.async(most, wait, key, handler));
    return self();
  }

  /** Decides what a handler's exceptions mean; {@link FailureClassifier#standard()} by default. */
  @CanIgnoreReturnValue
  public final B failureClassifier(FailureClassifier classifier) {
    handlers.failureClassifier(classifier);
    return self();
  }

  /** Surrounds every attempt. May be called several times: those that came first are outermost. */
  @CanIgnoreReturnValue
  public final B interceptor(AttemptInterceptor interceptor) {
    handlers.interceptor(interceptor);
    return self();
  }

  /**
   * Calls blocking handlers in the threads of an executor, which stays the caller's. By default
   * each attempt has a thread of its own, from a pool. Handlers are interrupted there, and events
   * are settled there. An attempt that waits for a thread holds its lane and its event, and its
   * time runs: let the executor have a thread for every worker. It must not run tasks in the thread
   * that hands them over, which takes the events.
   */
  @CanIgnoreReturnValue
  public final B executor(Executor executor) {
    handlers.executor(executor);
    return self();
  }

  /**
   * Calls blocking handlers in virtual threads where the JVM has them, from Java 21 on; where it
   * has none, in threads of the platform, as by default. Says nothing about an {@link #executor}.
   */
  @CanIgnoreReturnValue
  public final B virtualThreads() {
    handlers.virtualThreads();
    return self();
  }
}
