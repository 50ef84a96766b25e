package io.ratelimit.core.internal.handler;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.WantedTypes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs the handler of an event and turns what it did into an {@link AttemptOutcome}. Thread-safe if
 * the handlers are.
 */
public final class EventProcessor {

  private static final int LONGEST_REASON = 1_000;

  private final Map<String, AuditEventHandler> byType;
  private final @Nullable AuditEventHandler otherwise;
  private final RetryPolicy retryPolicy;

  private EventProcessor(Builder builder) {
    this.byType = Map.copyOf(builder.byType);
    this.otherwise = builder.otherwise;
    this.retryPolicy = builder.retryPolicy;
  }

  /** Prepares a processor. */
  public static Builder builder() {
    return new Builder();
  }

  /** What can be chosen about a processor. Not thread-safe. */
  public static final class Builder {
    private final Map<String, AuditEventHandler> byType = new LinkedHashMap<>();
    private @Nullable AuditEventHandler otherwise;
    private RetryPolicy retryPolicy = RetryPolicy.DEFAULT;

    private Builder() {}

    /**
     * The handler of all events whose type has none of its own.
     *
     * @throws IllegalStateException if there is one already
     */
    @CanIgnoreReturnValue
    public Builder handler(AuditEventHandler handler) {
      requireNonNull(handler, "handler");
      if (otherwise != null) {
        throw new IllegalStateException(
            "there is a handler for all events already: handler(…) can be called only once without"
                + " a type");
      }
      this.otherwise = handler;
      return this;
    }

    /**
     * The handler of the events of one type, known by its name. Without a handler for all, events
     * of other types are left to the engines and workers that have one for them.
     *
     * @throws IllegalStateException if the type has one already
     */
    @CanIgnoreReturnValue
    public Builder handler(EventType type, AuditEventHandler handler) {
      if (byType.putIfAbsent(type.name(), requireNonNull(handler, "handler")) != null) {
        throw new IllegalStateException(
            "there is a handler for events of type "
                + type.name()
                + " already: handler(…) can be called only once for a type");
      }
      return this;
    }

    /** When failed attempts are made again; {@link RetryPolicy#DEFAULT} by default. */
    @CanIgnoreReturnValue
    public Builder retryPolicy(RetryPolicy newRetryPolicy) {
      this.retryPolicy = requireNonNull(newRetryPolicy, "retryPolicy");
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

  /** Which events there is a handler for. */
  public WantedTypes handledTypes() {
    return otherwise == null ? WantedTypes.named(byType.keySet()) : WantedTypes.all();
  }

  /**
   * Makes one attempt, in the calling thread. Never throws. An event that has had all its attempts,
   * because whoever made them crashed each time, is given up without another.
   *
   * <p>An {@link InterruptedException} from the handler is an attempt that was broken off; who
   * interrupted it knows better what that means.
   */
  public AttemptOutcome process(Lease lease) {
    if (lease.attempt() > retryPolicy.maxAttempts()) {
      return new AttemptOutcome.Failed(
          "given up after "
              + (lease.attempt() - 1)
              + " attempts of which none was settled in time");
    }
    AuditEventHandler handler = byType.getOrDefault(lease.event().type().name(), otherwise);
    if (handler == null) {
      return new AttemptOutcome.Failed(
          "no handler for events of type "
              + lease.event().type().name()
              + ", which were not asked for: the queue must take only the types of the request");
    }
    try {
      handler.handle(lease.event());
      return new AttemptOutcome.Done();
    } catch (InterruptedException interrupted) {
      return new AttemptOutcome.Released();
    } catch (RetryAfterException retry) {
      return failed(lease, describe(retry), Optional.of(retry.delay()));
    } catch (PauseEveryoneException pause) {
      return new AttemptOutcome.Throttled(pause.pause(), describe(pause));
    } catch (PermanentFailureException permanent) {
      return new AttemptOutcome.Failed(describe(permanent));
    } catch (Throwable failure) {
      // Errors too: one event's failure never stops another.
      return failed(lease, describe(failure), Optional.empty());
    }
  }

  /** The outcome of an attempt that failed in another way than by its handler's exception. */
  public AttemptOutcome failed(Lease lease, String reason) {
    return failed(lease, reason, Optional.empty());
  }

  private AttemptOutcome failed(Lease lease, String reason, Optional<Duration> wished) {
    Optional<Duration> delay = retryPolicy.delayAfter(lease.attempt(), lease.event().id());
    return delay.isEmpty()
        ? new AttemptOutcome.Failed(reason)
        : new AttemptOutcome.Retry(wished.orElse(delay.get()), reason);
  }

  /** Asks a host's own exception, which may throw instead of an answer. */
  private static @Nullable String message(Throwable failure) {
    try {
      return failure.getMessage();
    } catch (RuntimeException | Error broken) {
      return "its message cannot be read: " + broken.getClass().getName();
    }
  }

  private static String describe(Throwable failure) {
    String message = message(failure);
    String text = failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON - 1) + "…";
  }
}
