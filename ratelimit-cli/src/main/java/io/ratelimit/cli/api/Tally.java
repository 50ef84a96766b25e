package io.ratelimit.cli.api;

/** Counts answers. Thread-safe. */
final class Tally {

  private long done;
  private long refused;
  private long failed;

  synchronized void done() {
    done++;
  }

  synchronized void refused() {
    refused++;
  }

  synchronized void failed() {
    failed++;
  }

  synchronized LimitedApi.Counts counts(int largestWindow) {
    return new LimitedApi.Counts(done + refused + failed, done, refused, failed, largestWindow);
  }
}
