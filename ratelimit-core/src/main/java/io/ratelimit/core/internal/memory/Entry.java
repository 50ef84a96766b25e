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

  int attempts;

  private Beside beside = Beside.NONE;

  /** What an event has none of while it waits for its first attempt, as most of many events do. */
  private static final class Beside {
    /** Of those that have none; never changed. */
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

  /** When it is not handed out any more; null: it does not expire. */
  @Nullable Instant expiresAt() {
    return beside.expiresAt;
  }

  /** Whether it goes to the failed queue then. */
  boolean failsExpired() {
    return beside.failsExpired;
  }

  void expire(Instant at, boolean fails) {
    own().expiresAt = at;
    own().failsExpired = fails;
  }

  /** Of events with the same key only the latest matters; null: it is one for itself. */
  @Nullable String latestKey() {
    return beside.latestKey;
  }

  void setLatestKey(@Nullable String key) {
    if (key != null) {
      own().latestKey = key;
    }
  }

  /** For how long after it is done its id is a duplicate yet. */
  Duration dedupAfterDone() {
    return beside.dedupAfterDone;
  }

  void setDedupAfterDone(Duration window) {
    if (!window.isZero()) {
      own().dedupAfterDone = window;
    }
  }

  /** What became of the latest attempts that ended, the earliest first. */
  List<PastAttempt> history() {
    return beside.history;
  }

  void setHistory(List<PastAttempt> history) {
    if (!history.isEmpty()) {
      own().history = history;
    }
  }

  /** Whether it was taken out of its place, where it may still be seen. */
  boolean isWithdrawn() {
    return beside.isWithdrawn;
  }

  void setWithdrawn() {
    own().isWithdrawn = true;
  }

  /** While leased, or delayed: the charges that count as in flight. */
  List<Charge> held() {
    return beside.held;
  }

  void setHeld(List<Charge> held) {
    if (!held.equals(beside.held)) {
      own().held = held;
    }
  }

  /** While leased: what the attempt cost in truth, as far as that was told. */
  Costs costs() {
    return beside.costs;
  }

  void setCosts(Costs costs) {
    if (costs != beside.costs) {
      own().costs = costs;
    }
  }

  /** While delayed: when the retry falls due. While leased: when the lease expires. */
  Instant dueAt() {
    return beside.dueAt == null ? publishedAt : beside.dueAt;
  }

  void setDueAt(Instant dueAt) {
    own().dueAt = dueAt;
  }

  /** While leased: the lease. */
  @Nullable Lease lease() {
    return beside.lease;
  }

  void setLease(@Nullable Lease lease) {
    if (lease != beside.lease) {
      own().lease = lease;
    }
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
    if (beside.expiresAt != null) {
      other.expire(beside.expiresAt, beside.failsExpired);
    }
    other.attempts = attempts;
    other.setHistory(beside.history);
    other.setHeld(beside.held);
    return other;
  }

  /** The same as it is redriven: never attempted, without an expiry, and in no place yet. */
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

  /** Returns what an attempt costs in a named limit, if anything. */
  Optional<Charge> charge(String limit) {
    return charges.stream().filter(charge -> charge.key().limit().equals(limit)).findFirst();
  }

  /** An attempt under this lease ended, and did not get the event done. */
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
