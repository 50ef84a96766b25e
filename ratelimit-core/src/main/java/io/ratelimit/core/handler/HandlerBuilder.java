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
 * Configures handlers, as part of the builder of whatever calls them. Each event has one handler:
 * the one for the name of its type, or else the one for all other types. Without a handler for all
 * types, events of other types are left to the engines and workers that have a handler for them.
 *
 * <p>A lambda with one parameter receives the event; a lambda with two also receives the {@link
 * AttemptContext}. A lambda with braces and without a value is a blocking handler; one with a value
 * must return a {@link java.util.concurrent.CompletionStage}, and is an asynchronous handler:
 *
 * <pre>{@code
 * .handler(event -> { exchange.audit(event.walletId()); })
 * .handler(exchange::audit)
 * .asyncHandler(event -> exchange.auditAsync(event.walletId()))
 * }</pre>
 *
 * <p>Therefore no future is dropped: for a value that is not a stage, or a call without a value
 * outside braces, the compiler says "bad return type in lambda expression". Not thread-safe.
 *
 * @param <B> the builder
 */
public abstract class HandlerBuilder<B extends HandlerBuilder<B>> {

  static {
    Chosen.reachedBy(builder -> builder.handlers);
  }

  private final EventProcessor.Builder handlers = EventProcessor.builder();

  /** Creates the handlers of one of this library's builders. */
  protected HandlerBuilder() {}

  /** Returns this. */
  protected abstract B self();

  /**
   * Sets the handler for all events whose type has no handler of its own.
   *
   * @throws IllegalStateException if there is one already
   */
  @CanIgnoreReturnValue
  public final B handler(AuditEventHandler handler) {
    handlers.handler(handler);
    return self();
  }

  /** The same, with the attempt's context. */
  @CanIgnoreReturnValue
  public final B handler(AttemptHandler handler) {
    handlers.handler(handler);
    return self();
  }

  /**
   * The same as {@link #asyncHandler(AsyncAuditEventHandler)}, for a lambda that returns a future.
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
   * Sets the asynchronous handler for all events whose type has no handler of its own. An attempt
   * occupies its lane until the stage completes, but no thread, so thousands may be under way.
   * Timeouts, leases, retries and the limit work as for blocking handlers.
   *
   * @throws IllegalStateException if there is a handler for all already
   */
  @CanIgnoreReturnValue
  public final B asyncHandler(AsyncAuditEventHandler handler) {
    handlers.handler(handler);
    return self();
  }

  /** The same, with the attempt's context. */
  @CanIgnoreReturnValue
  public final B asyncHandler(AsyncAttemptHandler handler) {
    handlers.handler(handler);
    return self();
  }

  /**
   * Sets the handler for the events of one type, identified by its name.
   *
   * @throws IllegalStateException if the type has one already
   */
  @CanIgnoreReturnValue
  public final B handler(EventType type, AuditEventHandler handler) {
    handlers.handler(type, handler);
    return self();
  }

  /** The same, with the attempt's context. */
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
   * Sets the asynchronous handler for the events of one type, identified by its name.
   *
   * @throws IllegalStateException if the type has a handler already
   */
  @CanIgnoreReturnValue
  public final B asyncHandler(EventType type, AsyncAuditEventHandler handler) {
    handlers.handler(type, handler);
    return self();
  }

  /** The same, with the attempt's context. */
  @CanIgnoreReturnValue
  public final B asyncHandler(EventType type, AsyncAttemptHandler handler) {
    handlers.handler(type, handler);
    return self();
  }

  /**
   * Sets the handler for all events whose type has no handler of its own, in batches of one type
   * each. An event that is taken joins the batch of its type, which the handler gets when it is
   * full, or when its first event has waited long enough. Every event of a batch is a separate
   * attempt with its own permit, and occupies a worker from the moment it is taken. So no batch is
   * larger than the number of workers, and the wait is part of the attempt's time.
   *
   * @param most how many events a batch has at most: 1 to 1000
   * @param wait how long its first event waits for others; with zero, each batch is a single event
   * @throws IllegalArgumentException if a number is outside its range
   * @throws IllegalStateException if there is a handler for all already
   */
  @CanIgnoreReturnValue
  public final B batchHandler(int most, Duration wait, BatchHandler handler) {
    handlers.handler(BatchForm.blocking(most, wait, BatchForm.ONE_FOR_ALL, handler));
    return self();
  }

  /**
   * Sets the handler for the events of one type, identified by its name, in batches as {@link
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
   * Sets the handler for all events whose type has no handler of its own, in batches of one type
   * and one key each, for example for a call that accepts several events of an account. Otherwise
   * like {@link #batchHandler(int, Duration, BatchHandler)}. Events are taken in the order of the
   * queue, whatever their keys: if many keys have events, configure many times as many workers as
   * events in a batch. When each worker holds a waiting event, the largest batch is handled.
   *
   * @param key returns what the events of a batch have in common, for example the key of a named
   *     limit; an event for which it returns null joins the events of its type without a key
   * @throws IllegalArgumentException if a number is outside its range
   * @throws IllegalStateException if there is a handler for all already
   */
  @CanIgnoreReturnValue
  public final B batchHandler(
      int most, Duration wait, Function<AuditEvent, @Nullable String> key, BatchHandler handler) {
    handlers.handler(BatchForm.blocking(most, wait, key, handler));
    return self();
  }

  /** The same for the events of one type, identified by its name. */
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

  /** The same for the events of one type, identified by its name. */
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

  /**
   * Adds an interceptor around every attempt. May be called several times: the first one is
   * outermost.
   */
  @CanIgnoreReturnValue
  public final B interceptor(AttemptInterceptor interceptor) {
    handlers.interceptor(interceptor);
    return self();
  }

  /**
   * Calls blocking handlers in the threads of an executor, which stays the caller's. By default,
   * each attempt gets a thread from a pool that the library owns. Handlers are interrupted and
   * events are settled in these threads. While an attempt waits for a thread, it holds its lane and
   * its event, its time runs, and it starts later than the limit counts it, so give the executor a
   * thread for every worker; an engine whose attempts wait for more than a second is degraded. An
   * attempt that would run in the submitting thread, as under a caller-runs policy, runs in a
   * thread of the library's pool instead.
   */
  @CanIgnoreReturnValue
  public final B executor(Executor executor) {
    handlers.executor(executor);
    return self();
  }

  /**
   * Calls blocking handlers in virtual threads if the JVM has them (Java 21 and later), otherwise
   * in platform threads, as by default. Does not affect an {@link #executor}.
   */
  @CanIgnoreReturnValue
  public final B virtualThreads() {
    handlers.virtualThreads();
    return self();
  }
}
