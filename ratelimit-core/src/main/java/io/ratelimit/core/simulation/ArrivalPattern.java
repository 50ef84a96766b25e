package io.ratelimit.core.simulation;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/**
 * When events arrive in a round. A pattern is a pure function of the random numbers that it is
 * given, so that a simulation can be repeated.
 */
@FunctionalInterface
public interface ArrivalPattern {

  /** The most arrivals that a pattern of this library gives: 10 million. */
  int MOST = 10_000_000;

  /**
   * Returns the times of the arrivals, from the start of the round, in order.
   *
   * @param random where chance comes from; a pattern without chance takes nothing from it
   */
  List<Duration> times(SplittableRandom random);

  /**
   * Returns a pattern of events that arrive all at once, or spread evenly over a short time.
   *
   * @param count 0 to {@value #MOST}
   * @param at when the first one arrives: 0 or more
   * @param within how long it takes until all are there: 0 or more; none of them is later
   * @throws IllegalArgumentException if a value is outside its range
   */
  static ArrivalPattern burst(int count, Duration at, Duration within) {
    Requirements.between("number of arrivals", count, 0, MOST);
    Requirements.notNegative("time of a burst", at);
    Requirements.notNegative("length of a burst", within);
    double step = count < 2 ? 0 : within.toNanos() / (double) (count - 1);
    return random -> {
      List<Duration> times = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        times.add(at.plusNanos(Math.round(i * step)));
      }
      return times;
    };
  }

  /**
   * Returns a pattern of events at a constant rate, the first at the beginning.
   *
   * @param perMinute more than 0
   * @param from the begin
   * @param to the end; none arrives then or later
   * @throws IllegalArgumentException if the period does not end after it began, or more than
   *     {@value #MOST} arrive
   */
  static ArrivalPattern constant(double perMinute, Duration from, Duration to) {
    double expected = expected(perMinute, from, to);
    int count = (int) Math.max(1, Math.ceil(expected - 1e-9));
    double step = 60e9 / perMinute;
    return random -> {
      List<Duration> times = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        times.add(from.plusNanos((long) (i * step)));
      }
      return times;
    };
  }

  /**
   * Returns a pattern of events that arrive by chance, each whatever the others do: a Poisson
   * process.
   *
   * @param perMinute how many on average: more than 0
   * @param from the begin
   * @param to the end
   * @throws IllegalArgumentException as for {@link #constant}
   */
  static ArrivalPattern poisson(double perMinute, Duration from, Duration to) {
    return byChance(perMinute, from, to, seconds -> 1);
  }

  /**
   * Returns a pattern of events that arrive by chance, more at one time of a period than at
   * another: a Poisson process whose rate is {@code perMinute × (1 + amplitude × cos(2π (t − peak)
   * / period))}.
   *
   * @param perMinute how many on average over a period: more than 0
   * @param amplitude 0 to 1; 1: none at the lowest point, and twice as many at the peak
   * @param period how long it takes to the next peak: more than zero
   * @param peak when one of the peaks is
   * @param from the begin
   * @param to the end
   * @throws IllegalArgumentException as for {@link #constant}, or if another value is outside its
   *     range
   */
  static ArrivalPattern seasonal(
      double perMinute,
      double amplitude,
      Duration period,
      Duration peak,
      Duration from,
      Duration to) {
    Requirements.positive("period", period);
    if (!(amplitude >= 0 && amplitude <= 1)) {
      throw new IllegalArgumentException("amplitude must be 0 to 1 but is " + amplitude);
    }
    double radiansPerSecond = 2 * Math.PI / (period.toNanos() / 1e9);
    double top = peak.toNanos() / 1e9;
    return byChance(
        perMinute * (1 + amplitude),
        from,
        to,
        seconds ->
            (1 + amplitude * Math.cos(radiansPerSecond * (seconds - top))) / (1 + amplitude));
  }

  /**
   * Returns a pattern of these times.
   *
   * @throws IllegalArgumentException if a time is negative, or there are more than {@value #MOST}
   */
  static ArrivalPattern listed(List<Duration> times) {
    Requirements.count("arrivals", times.size(), 0, MOST);
    times.forEach(time -> Requirements.notNegative("time of an arrival", time));
    List<Duration> sorted = times.stream().sorted().toList();
    return random -> sorted;
  }

  /**
   * Uses thinning: of arrivals at the highest rate, each stays with the probability of its time.
   */
  private static ArrivalPattern byChance(
      double mostPerMinute, Duration from, Duration to, DoubleUnaryOperator share) {
    // Chance never gets this far above the mean, so memory is bounded.
    double unused = expected(mostPerMinute * 1.1, from, to);
    double start = from.toNanos() / 1e9;
    double end = to.toNanos() / 1e9;
    double meanGap = 60 / mostPerMinute;
    return random -> {
      List<Duration> times = new ArrayList<>();
      double at = start;
      while (times.size() < MOST) {
        at -= meanGap * Math.log(1 - random.nextDouble());
        if (at >= end) {
          break;
        }
        if (random.nextDouble() < share.applyAsDouble(at)) {
          times.add(Duration.ofNanos((long) (at * 1e9)));
        }
      }
      return Collections.unmodifiableList(times);
    };
  }

  private static double expected(double perMinute, Duration from, Duration to) {
    Requirements.notNegative("the start of a period", from);
    if (to.compareTo(from) <= 0) {
      throw new IllegalArgumentException(
          "a period must end after it begins, at " + from + ", but ends at " + to);
    }
    if (!(perMinute > 0)) {
      throw new IllegalArgumentException("a rate must be more than 0 but is " + perMinute);
    }
    double expected = perMinute * to.minus(from).toNanos() / 60e9;
    if (!(expected <= MOST)) {
      throw new IllegalArgumentException(
          "at most "
              + MOST
              + " events can arrive but "
              + perMinute
              + " per minute from "
              + from
              + " to "
              + to
              + " are more");
    }
    return expected;
  }
}
