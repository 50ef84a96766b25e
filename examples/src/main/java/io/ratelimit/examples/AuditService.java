package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.Failure;
import io.ratelimit.core.handler.FailureClassifier;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A service that handles whatever is published: with its own event type and a handler for it, an
 * API that answers "too many requests", and a listener that prints failures.
 */
public final class AuditService implements AutoCloseable {

  /** The host's own event type: it goes first and takes 5 s. */
  static final EventType MARGIN_CALL =
      EventType.of("MARGIN_CALL")
          .withPriority(Priority.HIGH)
          .withProcessingTime(Duration.ofSeconds(5));

  /** The API, which refuses callers that ask too often. */
  interface Exchange {
    void audit(AuditEvent event) throws TooManyRequests;

    void addMargin(AuditEvent event) throws TooManyRequests;
  }

  /** HTTP status 429. */
  static final class TooManyRequests extends Exception {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    TooManyRequests(Duration retryAfter) {
      super("the exchange wants a pause of " + retryAfter);
      this.retryAfter = retryAfter;
    }
  }

  private final AuditEngine engine;

  AuditService(EventQueue queue, Exchange exchange, Consumer<String> log) {
    // docs/handlers.md
    this.engine =
        AuditEngine.builder(queue)
            .handler(exchange::audit)
            .handler(MARGIN_CALL, exchange::addMargin)
            .failureClassifier(AuditService::classify)
            .listener(new Printer(log))
            .build();
    // docs/handlers.md
  }

  // docs/handlers.md
  /** Pauses everyone, in every process, until the API accepts calls again. */
  private static Failure classify(Throwable thrown) {
    return FailureClassifier.find(thrown, TooManyRequests.class)
        .map(refusal -> Failure.pauseEveryone(refusal.retryAfter, thrown))
        .orElseGet(() -> FailureClassifier.standard().classify(thrown));
  }

  // docs/handlers.md

  /** Prints every attempt that did not complete its event. */
  private record Printer(Consumer<String> log) implements EngineListener {
    @Override
    public void attemptFinished(
        Lease lease,
        int worker,
        AttemptOutcome outcome,
        Duration processing,
        Settlement settlement) {
      outcome
          .cause()
          .ifPresent(failure -> log.accept(lease.event().id() + ": " + failure.reason()));
    }
  }

  void start() {
    engine.start();
  }

  @Override
  public void close() {
    engine.close();
  }

  /** Serves until Ctrl-C. */
  public static void main(String[] args) throws InterruptedException {
    EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
    Exchange exchange =
        new Exchange() {
          @Override
          public void audit(AuditEvent event) {
            System.out.println("auditing " + event.walletId());
          }

          @Override
          public void addMargin(AuditEvent event) {
            System.out.println("adding margin to " + event.walletId());
          }
        };
    Consumer<String> log = System.err::println;
    try (AuditService service = new AuditService(queue, exchange, log)) {
      service.start();
      queue.publish(AuditEvent.of("event-1", EventType.NEW_BALANCE_UPDATE, "wallet-1"));
      queue.publish(AuditEvent.of("event-2", MARGIN_CALL, "wallet-2"));
      Thread.currentThread().join();
    }
  }
}
