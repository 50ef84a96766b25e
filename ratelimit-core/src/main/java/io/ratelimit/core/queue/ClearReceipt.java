package io.ratelimit.core.queue;

/**
 * How many events were discarded, by their state.
 *
 * @param pending events that waited for a worker
 * @param delayed events that waited for a retry or a delayed start
 * @param failed events in the failed queue
 */
public record ClearReceipt(long pending, long delayed, long failed) {

  /** Returns all of them. */
  public long total() {
    return pending + delayed + failed;
  }
}
