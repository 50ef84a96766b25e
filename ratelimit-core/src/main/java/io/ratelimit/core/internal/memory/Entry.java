package io.ratelimit.core.internal.memory;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.internal.queue.Reasons;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedEvent.PastAttempt;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueuedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event in an {@code InMemoryEventQueue}, and what is known of it in its present state. Guarded
 * by the queue's lock.
 */
final class Entry extends Kept {

  final long sequence;
  final AuditEvent event;
  final Instant publishedAt;

  /** What an attempt costs in the named limits. */
  final List<Charge> charges;

  /** When it is not handed out any more; null: it does not expire. */
  @Nullable Instant expiresAt;

  /** Whether it goes to the failed queue then. */
  boolean failsExpired;

  /** Of events with the same key only the latest matters; null: it is one for itself. */
  @Nullable String latestKey;

  /** For how long after it is done its id is a duplicate yet. */
  Duration dedupAfterDone = Duration.ZERO;

  int attempts;

  /** What became of the latest attempts that ended, the earliest first. */
  List<PastAttempt> history = List.of();

  /** Whether it was taken out of its place, where it may still be seen. */
  boolean isWithdrawn;

  /** While leased, or delayed: the charges that count as in flight. */
  List<Charge> held = List.of();

  /** While leased: what the attempt cost in truth, as far as that was told. */
  Costs costs = Costs.asReserved();

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

  /** The same, with another priority and in no place yet. */
  Entry withPriority(Priority priority) {
    AuditEvent changed =
        new AuditEvent(
            event.id(),
            event.type().withPriority(priority),
            event.walletId(),
            event.payload(),
            event.attributes(),
            event.weight());
    Entry other = unattempted(changed);
    other.expiresAt = expiresAt;
    other.failsExpired = failsExpired;
    other.attempts = attempts;
    other.history = history;
    other.held = held;
    return other;
  }

  /** The same as it is redriven: never attempted, without an expiry, and in no place yet. */
  Entry redriven() {
    return unattempted(event);
  }

  private Entry unattempted(AuditEvent sameOrChanged) {
    Entry other = new Entry(sequence, sameOrChanged, publishedAt, charges);
    other.record = record;
    other.latestKey = latestKey;
    other.dedupAfterDone = dedupAfterDone;
    return other;
  }

  /** Returns what an attempt costs in a named limit, if anything. */
  Optional<Charge> charge(String limit) {
    return charges.stream().filter(charge -> charge.key().limit().equals(limit)).findFirst();
  }

  /** An attempt under this lease ended, and did not get the event done. */
  void noteAttempt(Lease ended, Instant at, String reason) {
    List<PastAttempt> longer = new ArrayList<>(history);
    longer.add(new PastAttempt(ended.attempt(), ended.takenAt(), at, Reasons.brief(reason)));
    int tooMany = Math.max(0, longer.size() - FailedEvent.MAX_HISTORY);
    history = List.copyOf(longer.subList(tooMany, longer.size()));
  }

  QueuedEvent queued() {
    return new QueuedEvent(sequence, event, attempts, publishedAt);
  }
}
