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
 * An event in an {@code InMemoryEventQueue}, with the data of its current state. Guarded by the
 * queue's lock.
 */
final class Entry extends Kept {

  final long sequence;
  final AuditEvent event;
  final Instant publishedAt;

  /** The costs of an attempt in the named limits. */
  final List<Charge> charges;

  int attempts;

  private Beside beside = Beside.NONE;

  /** Data that an event does not have while it waits for its first attempt, like most events. */
  private static final class Beside {
    /** For events without such data; never changed. */
    static final Beside NONE = new Beside();

    @Nullable Instant expiresAt;
    boolean failsExpired;
    @Nullable String latestKey;
    Duration dedupAfterDone = Duration.ZERO;
    List<PastAttempt> history = List.of();
    boolean isWithdrawn;
    List<Charge> held = List.of();
    Costs costs = Costs.asReserved();
    @Nullable Instant dueAt;
    @Nullable Lease lease;
  }

  Entry(long sequence, AuditEvent event, Instant publishedAt, List<Charge> charges) {
    this.sequence = sequence;
    this.event = event;
    this.publishedAt = publishedAt;
    this.charges = charges;
  }

  private Beside own() {
    if (beside == Beside.NONE) {
      beside = new Beside();
    }
    return beside;
  }

  /** Returns when it expires; null if never. */
  @Nullable Instant expiresAt() {
    return beside.expiresAt;
  }

  /** Returns whether it fails when it expires. */
  boolean failsExpired() {
    return beside.failsExpired;
  }

  void expire(Instant at, boolean fails) {
    own().expiresAt = at;
    own().failsExpired = fails;
  }

  /** Returns the key of which only the latest event matters; null if none. */
  @Nullable String latestKey() {
    return beside.latestKey;
  }

  void setLatestKey(@Nullable String key) {
    if (key != null) {
      own().latestKey = key;
    }
  }

  /** Returns how long its id remains a duplicate after it is done. */
  Duration dedupAfterDone() {
    return beside.dedupAfterDone;
  }

  void setDedupAfterDone(Duration window) {
    if (!window.isZero()) {
      own().dedupAfterDone = window;
    }
  }

  /** Returns the history of the latest ended attempts, the earliest first. */
  List<PastAttempt> history() {
    return beside.history;
  }

  void setHistory(List<PastAttempt> history) {
    if (!history.isEmpty()) {
      own().history = history;
    }
  }

  /** Returns whether it was withdrawn, though it may still be visible in its place. */
  boolean isWithdrawn() {
    return beside.isWithdrawn;
  }

  void setWithdrawn() {
    own().isWithdrawn = true;
  }

  /** Returns the charges that count as in flight, while leased or delayed. */
  List<Charge> held() {
    return beside.held;
  }

  void setHeld(List<Charge> held) {
    if (!held.equals(beside.held)) {
      own().held = held;
    }
  }

  /** Returns the reported true costs of the attempt, while leased. */
  Costs costs() {
    return beside.costs;
  }

  void setCosts(Costs costs) {
    if (costs != beside.costs) {
      own().costs = costs;
    }
  }

  /** Returns when the retry falls due, while delayed, or when the lease expires, while leased. */
  Instant dueAt() {
    return beside.dueAt == null ? publishedAt : beside.dueAt;
  }

  void setDueAt(Instant dueAt) {
    own().dueAt = dueAt;
  }

  /** Returns the lease, while leased. */
  @Nullable Lease lease() {
    return beside.lease;
  }

  void setLease(@Nullable Lease lease) {
    if (lease != beside.lease) {
      own().lease = lease;
    }
  }

  /** Returns a copy with another priority that is in no place yet. */
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
    if (beside.expiresAt != null) {
      other.expire(beside.expiresAt, beside.failsExpired);
    }
    other.attempts = attempts;
    other.setHistory(beside.history);
    other.setHeld(beside.held);
    return other;
  }

  /** Returns a copy for redriving: never attempted, without an expiry, and in no place yet. */
  Entry redriven() {
    return unattempted(event);
  }

  private Entry unattempted(AuditEvent sameOrChanged) {
    Entry other = new Entry(sequence, sameOrChanged, publishedAt, charges);
    other.record = record;
    other.setLatestKey(beside.latestKey);
    other.setDedupAfterDone(beside.dedupAfterDone);
    return other;
  }

  /** Returns the charge of an attempt in a named limit, if any. */
  Optional<Charge> charge(String limit) {
    return charges.stream().filter(charge -> charge.key().limit().equals(limit)).findFirst();
  }

  /** Notes that an attempt under a lease ended without success. */
  void noteAttempt(Lease ended, Instant at, String reason) {
    List<PastAttempt> longer = new ArrayList<>(beside.history);
    longer.add(new PastAttempt(ended.attempt(), ended.takenAt(), at, Reasons.brief(reason)));
    int tooMany = Math.max(0, longer.size() - FailedEvent.MAX_HISTORY);
    setHistory(List.copyOf(longer.subList(tooMany, longer.size())));
  }

  QueuedEvent queued() {
    return new QueuedEvent(sequence, event, attempts, publishedAt);
  }
}
