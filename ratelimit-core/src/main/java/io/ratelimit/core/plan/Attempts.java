package io.ratelimit.core.plan;

import io.ratelimit.core.scaling.Expectations;
import java.time.Duration;

/**
 * The attempts that a backlog is expected to take, in order: each run with its share of expected
 * retries, and each attempt with its share of slowness.
 */
final class Attempts {

  private final Duration[] processingTimes;

  private Attempts(Duration[] processingTimes) {
    this.processingTimes = processingTimes;
  }

  static Attempts of(Backlog backlog, Expectations expectations) {
    double perEvent = expectations.attemptsPerEvent();
    Duration[] times = new Duration[expected(backlog.events(), perEvent)];
    long events = 0;
    int next = 0;
    for (Backlog.Run run : backlog.runs()) {
      events += run.count();
      Duration each = slowed(run.type().processingTime(), expectations.meanTimeFactor());
      // Rounded on the running total, so that the rounding of many runs does not add up.
      for (int end = expected(events, perEvent); next < end; next++) {
        times[next] = each;
      }
    }
    return new Attempts(times);
  }

  private static int expected(long events, double perEvent) {
    return (int) Math.ceil(events * perEvent * (1 - 1e-12));
  }

  private static Duration slowed(Duration time, double factor) {
    return factor == 1 ? time : Duration.ofNanos(Math.round(time.toNanos() * factor));
  }

  int size() {
    return processingTimes.length;
  }

  Duration processingTime(int index) {
    return processingTimes[index];
  }
}
