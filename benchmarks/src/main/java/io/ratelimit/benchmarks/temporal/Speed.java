package io.ratelimit.benchmarks.temporal;

import java.time.Duration;
import java.util.Locale;

/**
 * How fast events were handled, and what that took.
 *
 * @param name what was measured, without quotation marks
 * @param lanes how many events were handled at a time
 * @param events how many were measured
 * @param usage what they took
 * @param history how many entries all runs of the workflow have for each event
 */
record Speed(String name, int lanes, int events, Usage usage, double history) {

  double perSecond() {
    return events * 1e9 / usage.nanos();
  }

  private double micros(Duration processor) {
    return processor.toNanos() / 1e3 / events;
  }

  /** Of the server's processor for each event. */
  double serverMicros() {
    return micros(usage.server());
  }

  /** Of the worker's processor for each event. */
  double workerMicros() {
    return micros(usage.worker());
  }

  /** Of Redis's processor for each event. */
  double redisMicros() {
    return micros(usage.redis());
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"name\":\"%s\",\"lanes\":%d,\"events\":%d,\"perSecond\":%.1f,\"serverMicros\":%.1f,"
            + "\"workerMicros\":%.1f,\"redisMicros\":%.1f,\"historyPerEvent\":%.3f}",
        name,
        lanes,
        events,
        perSecond(),
        serverMicros(),
        workerMicros(),
        redisMicros(),
        history);
  }
}
