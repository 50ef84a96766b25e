package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A host that runs on and handles what is published: with an event type of its own and a handler
 * for it, an API that answers "too many requests", and a listener that prints what goes wrong.
 */
public final class AuditService implements AutoCloseable {

  /** An event type of the host's own: it goes first and takes 5 s. */
  static final EventType MARGIN_CALL =
      EventType.of("MARGIN_CALL")
          .withPriority(Priority.HIGH)
          .withProcessingTime(Duration.ofSeconds(5));

  /** The API, which refuses who asks too often. */
  interface Exchange {
    void audit(String walletId) throws TooManyRequests;

    void addMargin(String walletId) throws TooManyRequests;
  }

  /** HTTP status 429. */
  static final class TooManyRequests extends Exception {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    TooManyRequests(Duration retryAfter) {
      this.retryAfter = retryAfter;
    }

    /** For the engine: nobody starts anything until then, in any process. */
    PauseEveryoneException toPause() {
      return new PauseEveryoneException(retryAfter, "the exchange wants a pause of " + retryAfter);
    }
  }

  private final AuditEngine engine;

  AuditService(EventQueue queue, Exchange exchange, Consumer<String> log) {
    this.engine =
        AuditEngine.builder(queue)
            .handler(event -> audit(exchange, event))
            .handler(MARGIN_CALL, event -> addMargin(exchange, event))
            .listener(new Printer(log))
            .build();
  }

  private static void audit(Exchange exchange, AuditEvent event) throws PauseEveryoneException {
    try {
      exchange.audit(event.walletId());
    } catch (TooManyRequests refusal) {
      throw refusal.toPause();
    }
  }

  private static void addMargin(Exchange exchange, AuditEvent event) throws PauseEveryoneException {
    try {
      exchange.addMargin(event.walletId());
    } catch (TooManyRequests refusal) {
      throw refusal.toPause();
    }
  }

  /** Prints every attempt that did not get its event done. */
  private record Printer(Consumer<String> log) implements EngineListener {
    @Override
    public void attemptFinished(
        Lease lease,
        int worker,
        AttemptOutcome outcome,
        Duration processing,
        Settlement settlement) {
      if (!(outcome instanceof AttemptOutcome.Done)) {
        log.accept(lease.event().id() + ": " + outcome);
      }
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
          public void audit(String walletId) {
            System.out.println("auditing " + walletId);
          }

          @Override
          public void addMargin(String walletId) {
            System.out.println("adding margin to " + walletId);
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
