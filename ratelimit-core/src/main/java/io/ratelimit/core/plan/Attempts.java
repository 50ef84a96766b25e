package io.ratelimit.core.plan;

import io.ratelimit.core.scaling.Expectations;
import java.time.Duration;

/**
 * The expected attempts of a backlog, in order: each run with its share of expected retries, and
 * each attempt with its share of slowness.
 */
final class Attempts {

  private final Duration[] processingTimes;
  private final int[] weights;

  private Attempts(Duration[] processingTimes, int[] weights) {
    this.processingTimes = processingTimes;
    this.weights = weights;
  }

  static Attempts of(Backlog backlog, Expectations expectations) {
    double perEvent = expectations.attemptsPerEvent();
    Duration[] times = new Duration[expected(backlog.events(), perEvent)];
    int[] weights = new int[times.length];
    long events = 0;
    int next = 0;
    for (Backlog.Run run : backlog.runs()) {
      events += run.count();
      Duration each = slowed(run.type().processingTime(), expectations.meanTimeFactor());
      // Rounds the running total, so that the rounding errors of many runs do not add up.
      for (int end = expected(events, perEvent); next < end; next++) {
        times[next] = each;
        weights[next] = run.weight();
      }
    }
    return new Attempts(times, weights);
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

  int weight(int index) {
    return weights[index];
  }
}
