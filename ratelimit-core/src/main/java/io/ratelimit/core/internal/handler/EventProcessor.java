package io.ratelimit.core.internal.handler;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AsyncAttemptHandler;
import io.ratelimit.core.handler.AsyncAuditEventHandler;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.AttemptHandler;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.FailureClassifier;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.WantedTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the handler of an event, and turns its result into an {@link AttemptOutcome}. Thread-safe
 * if the handlers are.
 */
public final class EventProcessor {

  private static final Logger LOG = LoggerFactory.getLogger(FailureClassifier.class);
  private static final CompletionStage<?> DONE = CompletableFuture.completedStage(null);

  private final Map<String, Handler> byType;
  private final @Nullable Handler otherwise;
  private final RetryPolicy retryPolicy;
  private final FailureClassifier classifier;
  private final List<AttemptInterceptor> interceptors;
  private final Optional<Executor> executor;
  private final boolean virtualThreads;

  /** Collects attempts for batch handlers. */
  @FunctionalInterface
  public interface Collector {
    /** Adds the current attempt; returns a stage that completes when its event is processed. */
    CompletionStage<?> join(BatchForm form);
  }

  @FunctionalInterface
  private interface Form {
    CompletionStage<?> begin(AttemptContext context, Collector collector) throws Exception;
  }

  /**
   * A handler of any form.
   *
   * @param patience how long an event may wait for others of its batch
   */
  private record Handler(Kind kind, Duration patience, Form form) {

    private enum Kind {
      BLOCKING,
      ASYNCHRONOUS,
      BATCHES
    }

    boolean blocks() {
      return kind == Kind.BLOCKING;
    }

    static Handler of(AuditEventHandler handler) {
      requireNonNull(handler, "handler");
      return handler instanceof AsyncAuditEventHandler async
          ? async((event, context) -> async.handleAsync(event))
          : blocking(handler::handle);
    }

    static Handler of(AttemptHandler handler) {
      requireNonNull(handler, "handler");
      return handler instanceof AsyncAttemptHandler async ? async(async) : blocking(handler);
    }

    static Handler of(BatchForm batches) {
      return new Handler(
          Kind.BATCHES, batches.patience(), (context, collector) -> collector.join(batches));
    }

    private static Handler blocking(AttemptHandler handler) {
      return new Handler(
          Kind.BLOCKING,
          Duration.ZERO,
          (context, collector) -> {
            handler.handle(context.event(), context);
            return DONE;
          });
    }

    private static Handler async(AsyncAttemptHandler handler) {
      return new Handler(
          Kind.ASYNCHRONOUS,
          Duration.ZERO,
          (context, collector) -> {
            CompletionStage<?> stage =
                orRefused(handler.handleAsync(context.event(), context), "asynchronous handler");
            context.onCancel(() -> stage.toCompletableFuture().cancel(true));
            return stage;
          });
    }
  }

  /** Says that an event has no handler. */
  private static final class NotHandled extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    NotHandled(String kind, String reason) {
      super(reason, null, false, false);
      this.failure =
          new Failure(
              Failure.Reaction.FAIL,
              kind,
              reason,
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
    }
  }

  private EventProcessor(Builder builder) {
    this.byType = Map.copyOf(builder.byType);
    this.otherwise = builder.otherwise;
    this.retryPolicy = builder.retryPolicy;
    this.classifier = builder.classifier;
    this.interceptors = List.copyOf(builder.interceptors);
    this.executor = Optional.ofNullable(builder.executor);
    this.virtualThreads = builder.virtualThreads;
  }

  /** Prepares a processor. */
  public static Builder builder() {
    return new Builder();
  }

  /** Configures a processor. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Handler> byType = new LinkedHashMap<>();
    private final List<AttemptInterceptor> interceptors = new ArrayList<>();
    private @Nullable Handler otherwise;
    private RetryPolicy retryPolicy = RetryPolicy.DEFAULT;
    private FailureClassifier classifier = FailureClassifier.standard();
    private @Nullable Executor executor;
    private boolean virtualThreads;

    private Builder() {}

    /**
     * Sets the handler for all events whose type has no handler of its own.
     *
     * @throws IllegalStateException if there is one already
     */
    @CanIgnoreReturnValue
    public Builder handler(AuditEventHandler handler) {
      return otherwise(Handler.of(handler));
    }

    /** The same. */
    @CanIgnoreReturnValue
    public Builder handler(AttemptHandler handler) {
      return otherwise(Handler.of(handler));
    }

    private Builder otherwise(Handler handler) {
      if (otherwise != null) {
        throw new IllegalStateException(
            "there is already a handler for all events: handler(…) can be called only"
                + " once without a type");
      }
      this.otherwise = handler;
      return this;
    }

    /**
     * Sets the handler for the events of one type, identified by its name. Without a handler for
     * all, events of other types are left to the engines and workers that have one for them.
     *
     * @throws IllegalStateException if the type has one already
     */
    @CanIgnoreReturnValue
    public Builder handler(EventType type, AuditEventHandler handler) {
      return of(type, Handler.of(handler));
    }

    /** The same. */
    @CanIgnoreReturnValue
    public Builder handler(EventType type, AttemptHandler handler) {
      return of(type, Handler.of(handler));
    }

    private Builder of(EventType type, Handler handler) {
      if (byType.putIfAbsent(type.name(), handler) != null) {
        throw new IllegalStateException(
            "there is a handler for events of type "
                + type.name()
                + " already: handler(…) can be called only once for a type");
      }
      return this;
    }

    /** Sets the batch handler for all types without a handler of their own. */
    @CanIgnoreReturnValue
    public Builder handler(BatchForm batches) {
      return otherwise(Handler.of(batches));
    }

    /** Sets the batch handler for one type. */
    @CanIgnoreReturnValue
    public Builder handler(EventType type, BatchForm batches) {
      return of(type, Handler.of(batches));
    }

    /**
     * Sets whether and when failed attempts are retried; {@link RetryPolicy#DEFAULT} by default.
     */
    @CanIgnoreReturnValue
    public Builder retryPolicy(RetryPolicy newRetryPolicy) {
      this.retryPolicy = requireNonNull(newRetryPolicy, "retryPolicy");
      return this;
    }

    /** Sets what exceptions mean; {@link FailureClassifier#standard()} by default. */
    @CanIgnoreReturnValue
    public Builder failureClassifier(FailureClassifier newClassifier) {
      this.classifier = requireNonNull(newClassifier, "classifier");
      return this;
    }

    /** Adds an interceptor around every attempt, inside earlier ones. */
    @CanIgnoreReturnValue
    public Builder interceptor(AttemptInterceptor interceptor) {
      interceptors.add(requireNonNull(interceptor, "interceptor"));
      return this;
    }

    /** Sets the executor for blocking handlers. */
    @CanIgnoreReturnValue
    public Builder executor(Executor newExecutor) {
      this.executor = requireNonNull(newExecutor, "executor");
      return this;
    }

    /** Calls blocking handlers in virtual threads, if the JVM has them. */
    @CanIgnoreReturnValue
    public Builder virtualThreads() {
      this.virtualThreads = true;
      return this;
    }

    /**
     * Creates the processor.
     *
     * @throws IllegalStateException if there is no handler at all
     */
    public EventProcessor build() {
      if (otherwise == null && byType.isEmpty()) {
        throw new IllegalStateException("there is no handler: call handler(…) before build()");
      }
      return new EventProcessor(this);
    }
  }

  /** Returns how long an event may wait for its batch; zero if no handler lets events wait. */
  public Duration longestWait() {
    return Stream.concat(byType.values().stream(), Stream.ofNullable(otherwise))
        .map(Handler::patience)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /**
   * Checks that events that wait for their batch have time left for the handler.
   *
   * @throws IllegalStateException if they have not
   */
  public void requireTimeToHandle(Duration handlerTimeout) {
    if (longestWait().compareTo(handlerTimeout) >= 0) {
      throw new IllegalStateException(
          "events wait up to "
              + longestWait()
              + " for others of their batch, but an attempt, waiting included, may take only "
              + handlerTimeout
              + ": choose a shorter wait, or a longer handlerTimeout");
    }
  }

  /** Returns the types that have a handler. */
  public WantedTypes handledTypes() {
    return otherwise == null ? WantedTypes.named(byType.keySet()) : WantedTypes.all();
  }

  /** Returns the executor for blocking handlers; empty for the caller's own threads. */
  public Optional<Executor> executor() {
    return executor;
  }

  /** Returns whether the caller's threads should be virtual. */
  public boolean wantsVirtualThreads() {
    return virtualThreads;
  }

  /** Returns whether {@link #call} returns only when the event is processed. */
  public boolean blocks(AuditEvent event) {
    Handler handler = handler(event);
    return handler != null && handler.blocks();
  }

  /** Returns whether each event is handled as soon as a thread of the caller's is there for it. */
  public boolean handlesAtOnce() {
    return executor.isEmpty()
        && Stream.concat(byType.values().stream(), Stream.ofNullable(otherwise))
            .noneMatch(handler -> handler.kind() == Handler.Kind.BATCHES);
  }

  private @Nullable Handler handler(AuditEvent event) {
    return byType.getOrDefault(event.type().name(), otherwise);
  }

  /**
   * Makes or begins an attempt in the calling thread. Never throws. An event that is taken with no
   * attempt left, because its lease expired at the last one, is given up without a call of its
   * handler.
   *
   * @param collector called if the handler takes batches
   * @return completes when the event is processed, at once if its handler blocks
   */
  public CompletionStage<?> call(Lease lease, AttemptContext context, Collector collector) {
    if (lease.attempt() > retryPolicy.maxAttempts()) {
      return CompletableFuture.failedStage(
          new NotHandled(
              "never-settled",
              "given up at attempt "
                  + lease.attempt()
                  + " before its handler was called: the retry policy allows "
                  + retryPolicy.maxAttempts()
                  + ", and attempts whose lease expired count, too"));
    }
    Handler handler = handler(lease.event());
    if (handler == null) {
      return CompletableFuture.failedStage(
          new NotHandled(
              "no-handler",
              "no handler for events of type "
                  + lease.event().type().name()
                  + ", which were not asked for: the queue must take only the types of the"
                  + " request"));
    }
    return proceed(handler, context, collector, 0);
  }

  /** Catches Errors, too: one event's failure must not stop another. */
  private CompletionStage<?> proceed(
      Handler handler, AttemptContext context, Collector collector, int from) {
    try {
      if (from == interceptors.size()) {
        return handler.form().begin(context, collector);
      }
      AttemptInterceptor interceptor = interceptors.get(from);
      return orRefused(
          interceptor.around(context, () -> proceed(handler, context, collector, from + 1)),
          "interceptor");
    } catch (Throwable failure) {
      return CompletableFuture.failedStage(failure);
    }
  }

  private static CompletionStage<?> orRefused(@Nullable CompletionStage<?> stage, String whose) {
    if (stage == null) {
      throw new NullPointerException(
          "the "
              + whose
              + " returned null: it must return a stage that completes when all is done");
    }
    return stage;
  }

  /** Returns whether this is what {@link #call} returns after a handler that blocks is done. */
  public boolean isDone(CompletionStage<?> called) {
    return called == DONE;
  }

  /**
   * Returns the outcome of an attempt.
   *
   * <p>An {@link InterruptedException} from the handler means that the attempt was interrupted; the
   * interrupting code decides what that means.
   *
   * @param thrown the failure of its stage; null if none
   */
  public AttemptOutcome outcome(Lease lease, @Nullable Throwable thrown) {
    if (thrown == null) {
      return new AttemptOutcome.Done();
    }
    Throwable actual = Causes.unwrapped(thrown);
    if (actual instanceof InterruptedException) {
      return new AttemptOutcome.Released();
    }
    if (actual instanceof NotHandled notHandled) {
      return new AttemptOutcome.Failed(notHandled.failure);
    }
    Failure failure = classify(thrown);
    return switch (failure.reaction()) {
      case RETRY -> failed(lease, failure);
      case PAUSE_EVERYONE, PAUSE_KEY ->
          new AttemptOutcome.Throttled(failure.after().orElseThrow(), failure);
      case FAIL -> new AttemptOutcome.Failed(failure);
    };
  }

  private Failure classify(Throwable thrown) {
    try {
      return requireNonNull(classifier.classify(thrown), "the classifier returned null");
    } catch (RuntimeException | Error broken) {
      LOG.warn("a failure classifier failed; the standard classifier decides", broken);
      return FailureClassifier.standard().classify(thrown);
    }
  }

  /** Returns the outcome of an attempt that must be retried, if attempts are left. */
  public AttemptOutcome failed(Lease lease, Failure failure) {
    Optional<Duration> delay = retryPolicy.delayAfter(lease.attempt(), lease.event().id());
    return delay.isEmpty()
        ? new AttemptOutcome.Failed(failure)
        : new AttemptOutcome.Retry(failure.retryAfter().orElse(delay.get()), failure);
  }
}
