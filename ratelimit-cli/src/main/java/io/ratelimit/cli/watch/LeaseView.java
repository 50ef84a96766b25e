package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.Lease;
import java.time.Duration;
import java.time.Instant;

/** A leased event, as shown to a user. The names in JSON are stable. */
record LeaseView(
    String id,
    String type,
    String walletId,
    int attempt,
    String worker,
    Instant takenAt,
    Duration age,
    Instant leaseEndsAt) {

  public static LeaseView of(Lease lease, Instant now) {
    return new LeaseView(
        lease.event().id(),
        lease.event().type().name(),
        lease.event().walletId(),
        lease.attempt(),
        lease.worker(),
        lease.takenAt(),
        Duration.between(lease.takenAt(), now),
        lease.expiresAt());
  }
}
