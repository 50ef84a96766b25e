package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.FailedQueue.RedriveReceipt;
import java.util.OptionalLong;

/**
 * What became of all failed events that were asked back.
 *
 * @param redriven how many wait again
 * @param duplicates how many stayed failed because an event of their id is unfinished
 * @param unreadable how many stayed failed because they cannot be read
 */
public record RedriveTotals(int redriven, int duplicates, int unreadable) {

  /** Asks for all of them, part by part. */
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

  /** Returns how many were looked at. */
  public int lookedAt() {
    return redriven + duplicates + unreadable;
  }
}
