package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.FailedQueue.RedriveReceipt;
import java.util.OptionalLong;

/**
 * The outcome of a redrive of all failed events.
 *
 * @param redriven the number of events that wait again
 * @param duplicates the number that stayed failed because an event with their id is unfinished
 * @param unreadable the number that stayed failed because they cannot be read
 */
public record RedriveTotals(int redriven, int duplicates, int unreadable) {

  /** Redrives all failed events, part by part. */
  public static RedriveTotals ofAll(FailedQueue failed) {
    RedriveTotals totals = new RedriveTotals(0, 0, 0);
    OptionalLong next = OptionalLong.of(0);
    while (next.isPresent()) {
      RedriveReceipt receipt = failed.redriveAll(next.getAsLong(), EventQueue.MAX_PAGE);
      totals = totals.plus(receipt);
      next = receipt.next();
    }
    return totals;
  }

  private RedriveTotals plus(RedriveReceipt more) {
    return new RedriveTotals(
        redriven + more.redriven(), duplicates + more.duplicates(), unreadable + more.unreadable());
  }

  /** Returns the number of events examined. */
  public int lookedAt() {
    return redriven + duplicates + unreadable;
  }
}
