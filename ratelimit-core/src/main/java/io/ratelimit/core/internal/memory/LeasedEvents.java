package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.time.DueTimes;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The events of an {@code InMemoryEventQueue} that somebody processes, by the token of their lease
 * and by its end. Guarded by the queue's lock.
 */
final class LeasedEvents {

  private final Map<String, Entry> byToken = new HashMap<>();
  private final DueEntries byExpiry = new DueEntries(e -> requireNonNull(e.lease()).token());

  /** Returns the leases of a request that are held already, because it was made before. */
  List<Lease> heldBy(TakeRequest request) {
    List<Lease> held = new ArrayList<>();
    for (int n = 0; n < request.maxEvents(); n++) {
      Entry entry = byToken.get(request.token(n));
      if (entry != null) {
        held.add(requireNonNull(entry.lease()));
      }
    }
    return held;
  }

  /** Leases an event as the nth of a request. */
  Lease lease(Entry entry, TakeRequest request, int n, Instant start) {
    Lease lease =
        new Lease(
            request.token(n),
            entry.sequence,
            entry.event,
            entry.attempts,
            request.worker(),
            entry.publishedAt,
            start,
            DueTimes.after(start, request.lease()));
    entry.setCosts(Costs.asReserved());
    restore(entry, lease);
    return lease;
  }

  /** Has an event held by a lease. */
  void restore(Entry entry, Lease lease) {
    entry.setLease(lease);
    byToken.put(lease.token(), entry);
    byExpiry.add(entry, lease.expiresAt());
  }

  /** Returns what a lease holds; null if it holds nothing any more. */
  @Nullable Entry heldBy(Lease lease) {
    Entry entry = byToken.get(lease.token());
    // A token may come again with a request that is made again after its leases have ended.
    return entry != null && entry.event.id().equals(lease.event().id()) ? entry : null;
  }

  void extend(Entry entry, Instant expiresAt) {
    byExpiry.remove(entry);
    byExpiry.add(entry, expiresAt);
    entry.setLease(requireNonNull(entry.lease()).withExpiresAt(expiresAt));
  }

  void end(Entry entry) {
    byExpiry.remove(entry);
    forget(entry);
  }

  /** Ends the leases that have expired, up to {@code max} of them, the earliest first. */
  List<Entry> endExpired(Instant now, int max) {
    List<Entry> expired = byExpiry.pollDue(now, max);
    for (Entry entry : expired) {
      entry.noteAttempt(requireNonNull(entry.lease()), now, "its lease expired");
      forget(entry);
    }
    return expired;
  }

  private void forget(Entry entry) {
    byToken.remove(requireNonNull(entry.lease()).token());
    entry.setLease(null);
  }

  /** Returns the leases that end first, in order. */
  List<Lease> first(int max) {
    return byExpiry.first(max).stream().map(entry -> requireNonNull(entry.lease())).toList();
  }

  Optional<Instant> nextExpiry() {
    return byExpiry.nextDue();
  }

  int size() {
    return byToken.size();
  }
}
