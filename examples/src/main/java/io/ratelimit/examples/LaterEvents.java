package io.ratelimit.examples;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.PublishTerms.Expired;
import io.ratelimit.core.queue.PublishTerms.Place;
import java.time.Duration;
import java.util.List;

/** Events that are published with terms. */
public final class LaterEvents {

  // docs/events.md
  /** Audits the wallets again in half a minute; after two minutes, the next audit takes over. */
  static void lookAgain(EventQueue queue, List<AuditEvent> audits) {
    PublishTerms soon =
        PublishTerms.DEFAULT
            .withDelay(Duration.ofSeconds(30))
            .withExpiry(Duration.ofMinutes(2), Expired.DISCARDED);
    queue.publish(audits, soon);
  }

  // docs/events.md

  // docs/events.md
  /** Updates a balance one second after the first change, once for all changes in that second. */
  static void changed(EventQueue queue, AuditEvent update) {
    PublishTerms latest =
        PublishTerms.DEFAULT
            .withLatest(event -> event.type().name() + " " + event.walletId(), Place.KEPT)
            .withDelay(Duration.ofSeconds(1));
    queue.publish(update, latest);
  }

  // docs/events.md

  private LaterEvents() {}
}
