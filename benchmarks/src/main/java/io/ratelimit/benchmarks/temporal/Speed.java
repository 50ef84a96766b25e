package io.ratelimit.benchmarks.temporal;

import java.time.Duration;
import java.util.Locale;

/**
 * How fast events were handled, and the cost.
 *
 * @param name the name of the measurement, without quotation marks
 * @param lanes the number of concurrent events
 * @param events the number of measured events
 * @param usage the usage for them
 * @param history the history entries of all runs of the workflow per event
 */
record Speed(String name, int lanes, int events, Usage usage, double history) {

  double perSecond() {
    return events * 1e9 / usage.nanos();
  }

  private double micros(Duration processor) {
    return processor.toNanos() / 1e3 / events;
  }

  /** Returns the server's CPU time per event. */
  double serverMicros() {
    return micros(usage.server());
  }

  /** Returns the worker's CPU time per event. */
  double workerMicros() {
    return micros(usage.worker());
  }

  /** Returns Redis's CPU time per event. */
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
