package io.ratelimit.core.internal.engine;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Settlement;
import java.time.Duration;
import java.time.Instant;

/** Extends the leases of the attempts that are being made, three times in the length of a lease. */
final class LeaseKeeper implements Loop.Task {

  private static final int EXTENSIONS_PER_LEASE = 3;

  private final EventQueue queue;
  private final Attempts attempts;
  private final Duration lease;

  LeaseKeeper(EventQueue queue, Attempts attempts, Duration lease) {
    this.queue = queue;
    this.attempts = attempts;
    this.lease = lease;
  }

  @Override
  public Instant run() {
    Instant now = queue.time().now();
    FirstFailure failure = new FirstFailure();
    for (Attempt attempt : attempts.running()) {
      // One lease that cannot be extended does not cost the others theirs.
      failure.keep(() -> extend(attempt, now));
    }
    failure.rethrow();
    return now.plus(lease.dividedBy(EXTENSIONS_PER_LEASE));
  }

  private void extend(Attempt attempt, Instant now) {
    if (queue.extend(attempt.lease(), lease) == Settlement.STALE_LEASE) {
      attempt.interrupt(Attempt.Cause.LEASE_LOST, now);
    } else {
      attempt.leaseExtended(now.plus(lease));
    }
  }
}
