package io.ratelimit.core.internal.memory;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueuedEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event in an {@code InMemoryEventQueue}, and what is known of it in its present state. Guarded
 * by the queue's lock.
 */
final class Entry {

  final long sequence;
  final AuditEvent event;
  final Instant publishedAt;

  /** What an attempt costs in the named limits. */
  final List<Charge> charges;

  int attempts;

  /** While leased, or delayed: the charges that count as in flight. */
  List<Charge> held = List.of();

  /** While delayed: when the retry falls due. While leased: when the lease expires. */
  Instant dueAt;

  /** While leased: the lease. */
  @Nullable Lease lease;

  Entry(long sequence, AuditEvent event, Instant publishedAt, List<Charge> charges) {
    this.sequence = sequence;
    this.event = event;
    this.publishedAt = publishedAt;
    this.dueAt = publishedAt;
    this.charges = charges;
  }

  QueuedEvent queued() {
    return new QueuedEvent(sequence, event, attempts, publishedAt);
  }
}
