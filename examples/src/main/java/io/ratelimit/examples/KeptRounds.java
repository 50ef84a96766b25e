package io.ratelimit.examples;

import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.history.FileRoundHistory;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Rounds whose facts are kept, and read again. */
public final class KeptRounds {

  private static void audit(AuditEvent event) {
    System.out.println("audited " + event.walletId());
  }

  /** Runs a round, and prints what is known of the rounds of the last week. */
  public static void main(String[] args) {
    Path file = Path.of(args.length > 0 ? args[0] : "rounds.jsonl");
    try (EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perSecond())) {
      var unused =
          queue.publish(
              List.of(
                  AuditEvent.of("audit-1", EventType.BALANCE_CHECK_REQUIRED, "wallet-1"),
                  AuditEvent.of("audit-2", EventType.NEW_BALANCE_UPDATE, "wallet-2")));
      run(queue, file);
    }
  }

  private static void run(EventQueue queue, Path file) {
    // docs/history.md
    RoundHistory history = FileRoundHistory.at(file);
    AuditEngine engine =
        AuditEngine.builder(queue)
            .handler(KeptRounds::audit)
            .deadline(Duration.ofMinutes(3))
            .history(history)
            .build();
    engine.runRound();
    Instant weekAgo = Instant.now().minus(Duration.ofDays(7));
    for (RoundRecord round : history.since(weekAgo, 1_000).rounds()) {
      System.out.println(round.endedAt() + " " + round.outcome() + " " + round.margin());
    }
    // docs/history.md
    engine.close();
  }

  private KeptRounds() {}
}
