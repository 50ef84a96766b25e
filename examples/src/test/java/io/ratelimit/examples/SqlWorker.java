package io.ratelimit.examples;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.StoredEventQueue;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.time.Duration;

/** A process that does what a queue over SQL holds, and prints each event with its start. */
final class SqlWorker {

  static final RateLimit LIMIT = RateLimit.of(20).perSecond().withBurst(5);

  /** Takes the database's address and the name of this process. */
  public static void main(String[] args) throws InterruptedException {
    SqlStore store = new SqlStore(TestDatabase.at(args[0]), "audits").create();
    try (EventQueue queue = StoredEventQueue.builder(store, LIMIT).build()) {
      for (int request = 0; true; request++) {
        TakeRequest one = TakeRequest.one(args[1] + '-' + request, args[1], Duration.ofSeconds(60));
        TakeResult result = queue.take(one);
        if (result instanceof TakeResult.Taken taken) {
          for (Lease lease : taken.leases()) {
            System.out.println(lease.event().id() + ' ' + lease.takenAt());
            if (queue.ack(lease) != Settlement.SETTLED) {
              System.out.println("lost " + lease.event().id());
            }
          }
        } else if (result instanceof TakeResult.NotBefore later) {
          queue.time().sleepUntil(later.at());
        } else if (queue.stats().unfinished() == 0) {
          return;
        } else {
          queue.time().sleep(Duration.ofMillis(20));
        }
      }
    }
  }

  private SqlWorker() {}
}
