package io.ratelimit.core.queue;

import io.ratelimit.core.event.AuditEvent;
import java.time.Instant;
import java.util.Comparator;

/**
 * An event in an {@link InMemoryEventQueue}, and what is known of it in its present state. Guarded
 * by the queue's lock.
 */
final class Entry {

  static final Comparator<Entry> BY_DUE_TIME =
      Comparator.<Entry, Instant>comparing(e -> e.dueAt).thenComparingLong(e -> e.sequence);

  final long sequence;
  final AuditEvent event;
  final Instant publishedAt;
  int attempts;

  /** While delayed: when the retry falls due. While leased: when the lease expires. */
  Instant dueAt;

  /** While leased: the token of the lease, else empty. */
  String token = "";

  /** While failed: why. */
  String reason = "";

  /** While failed: since when. */
  Instant failedAt;

  Entry(long sequence, AuditEvent event, Instant publishedAt) {
    this.sequence = sequence;
    this.event = event;
    this.publishedAt = publishedAt;
    this.dueAt = publishedAt;
    this.failedAt = publishedAt;
  }

  QueuedEvent queued() {
    return new QueuedEvent(sequence, event, attempts, publishedAt);
  }

  FailedEvent failed() {
    return new FailedEvent(sequence, event, attempts, reason, failedAt);
  }
}
