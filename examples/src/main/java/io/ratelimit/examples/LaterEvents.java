package io.ratelimit.examples;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.PublishTerms;
import java.time.Duration;
import java.util.List;

/** Events that are published under terms. */
public final class LaterEvents {

  // docs/events.md
  static void publish(EventQueue queue, List<AuditEvent> retests) {
    queue.publish(retests, PublishTerms.DEFAULT.withDelay(Duration.ofSeconds(30)));
  }

  // docs/events.md

  private LaterEvents() {}
}
