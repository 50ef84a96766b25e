package io.ratelimit.core.internal.report;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Sums up what scaling decisions offered over time: permits and workers. Not thread-safe. */
final class Offer {

  private record InForce(Instant from, RateLimit limit, int workers) {}

  private final List<InForce> inForce = new ArrayList<>();
  private final List<ScalingDecision> changes = new ArrayList<>();

  /** Records a decision, unless it asks for the same as the previous one. */
  void decided(ScalingDecision decision) {
    if (changes.isEmpty() || !changes.get(changes.size() - 1).asksTheSameAs(decision)) {
      changes.add(decision);
      inForce.add(new InForce(decision.at(), decision.limit(), decision.workers()));
    }
  }

  /** Returns the decisions that differ from the previous one. */
  List<ScalingDecision> changes() {
    return changes;
  }

  Duration window() {
    return inForce.stream()
        .map(f -> f.limit().window())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  int largestLimit() {
    return inForce.stream().mapToInt(f -> f.limit().permits()).max().orElse(0);
  }

  int mostWorkers() {
    return inForce.stream().mapToInt(InForce::workers).max().orElse(0);
  }

  /** Returns how many permits the limits offered between two times. */
  double permits(Instant first, Instant last) {
    return integral(first, last, f -> 1 / f.limit().secondsPerPermit());
  }

  /** Returns the total time of the workers between two times, in seconds. */
  double workerSeconds(Instant first, Instant last) {
    return integral(first, last, InForce::workers);
  }

  private double integral(Instant first, Instant last, ToDoubleFunction<InForce> perSecond) {
    double sum = 0;
    for (int i = 0; i < inForce.size(); i++) {
      Instant from = i == 0 ? first : later(first, inForce.get(i).from());
      Instant to = i + 1 < inForce.size() ? inForce.get(i + 1).from() : last;
      Instant end = to.isAfter(last) ? last : to;
      if (end.isAfter(from)) {
        sum += seconds(Duration.between(from, end)) * perSecond.applyAsDouble(inForce.get(i));
      }
    }
    return sum;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Returns the used share of an offer, 0 to 1. */
  static double share(double used, double offered) {
    return offered == 0 ? 0 : Math.min(1, used / offered);
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
