package io.ratelimit.core.queue;

/**
 * How many events were discarded, by the state that they were in.
 *
 * @param pending those that waited for a worker
 * @param delayed those that waited for their retry
 * @param failed those in the failed queue
 */
public record ClearReceipt(long pending, long delayed, long failed) {

  /** Returns all of them. */
  public long total() {
    return pending + delayed + failed;
  }
}
