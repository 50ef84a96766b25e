package io.ratelimit.benchmarks.forecast;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Shapes of workload: synthetic numbers of events per round over weeks, from a seed. */
enum Shape {
  /** Constant, apart from chance. */
  STEADY(0, 0.3) {
    @Override
    double[] means(int rounds, RandomGenerator random) {
      return fill(rounds, i -> 85);
    }
  },
  /** More by day than at night. */
  DAY(1, 0.3) {
    @Override
    double[] means(int rounds, RandomGenerator random) {
      return fill(rounds, i -> 80 + 45 * wave(i));
    }
  },
  /** As {@link #DAY}, but all events of a round are pending when it begins. */
  DAY_AT_ONCE(2, 1) {
    @Override
    double[] means(int rounds, RandomGenerator random) {
      return DAY.means(rounds, random);
    }
  },
  /** Peaks in the morning and in the afternoon, and few events on weekends. */
  WEEKDAY(3, 0.3) {
    @Override
    double[] means(int rounds, RandomGenerator random) {
      return fill(
          rounds,
          i -> {
            double hour = i % ROUNDS_PER_DAY / ROUNDS_PER_HOUR;
            double busy = 30 + 90 * (peak(hour, 10.5, 2) + peak(hour, 15.5, 2.5));
            return i / ROUNDS_PER_DAY % 7 < 5 ? busy : 30 + (busy - 30) / 4;
          });
    }
  },
  /** Like an exchange: a daily cycle, runs of calm and of wild days, and spikes. */
  EXCHANGE(4, 0.3) {
    @Override
    double[] means(int rounds, RandomGenerator random) {
      double[] calm = {0};
      return fill(
          rounds,
          i -> {
            calm[0] = 0.98 * calm[0] + 0.06 * random.nextGaussian();
            double hour = i % ROUNDS_PER_DAY / ROUNDS_PER_HOUR;
            double day = 50 + 50 * peak(hour, 14.5, 3) + 15 * peak(hour, 8, 2);
            double spike = random.nextDouble() < 0.01 ? 1.8 : 1;
            return day * Math.exp(calm[0]) * spike;
          });
    }
  },
  /** About every hour, a few rounds with more than twice as many events. */
  BURSTS(5, 0.3) {
    @Override
    double[] means(int rounds, RandomGenerator random) {
      int[] left = {0};
      return fill(
          rounds,
          i -> {
            left[0] = left[0] > 0 ? left[0] - 1 : random.nextDouble() < 0.04 ? 3 : 0;
            return left[0] > 0 ? 135 : 60;
          });
    }
  },
  /** Growth from week to week, with a daily cycle. */
  TREND(6, 0.3) {
    @Override
    double[] means(int rounds, RandomGenerator random) {
      return fill(rounds, i -> (40 + 80.0 * i / rounds) * (1 + 0.2 * wave(i)));
    }
  },
  /** A level that jumps now and then. */
  REGIMES(7, 0.3) {
    @Override
    double[] means(int rounds, RandomGenerator random) {
      double[] level = {80};
      return fill(
          rounds,
          i -> {
            if (random.nextDouble() < 1.5 / ROUNDS_PER_DAY) {
              level[0] = 40 + 90 * random.nextDouble();
            }
            return level[0];
          });
    }
  },
  /** Unpredictable. */
  RANDOM(8, 0.3) {
    @Override
    double[] means(int rounds, RandomGenerator random) {
      return fill(rounds, i -> 10 + 140 * random.nextDouble());
    }
  };

  /** A Monday. */
  static final Instant START = Instant.parse("2026-11-02T00:00:00Z");

  static final int ROUNDS_PER_DAY = 480;
  private static final double ROUNDS_PER_HOUR = 20;

  private final int number;
  private final double atBegin;

  /**
   * @param number distinguishes its random numbers from those of other shapes
   * @param atBegin the share of a round's events that are pending when it begins
   */
  Shape(int number, double atBegin) {
    this.number = number;
    this.atBegin = atBegin;
  }

  /**
   * Returns the share of a round's events that are pending when it begins; the others arrive within
   * two minutes.
   */
  double atBegin() {
    return atBegin;
  }

  abstract double[] means(int rounds, RandomGenerator random);

  /** Returns the number of events of each round. */
  long[] counts(int rounds, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 31 + number);
    double[] means = means(rounds, random);
    long[] counts = new long[rounds];
    for (int i = 0; i < rounds; i++) {
      counts[i] = poisson(means[i], random);
    }
    return counts;
  }

  static Instant begin(int round) {
    return START.plus(round * 24L * 60 / ROUNDS_PER_DAY, ChronoUnit.MINUTES);
  }

  private interface Mean {
    double at(int round);
  }

  private static double[] fill(int rounds, Mean mean) {
    double[] means = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      means[i] = mean.at(i);
    }
    return means;
  }

  private static double wave(int round) {
    return Math.sin(2 * Math.PI * (round / (double) ROUNDS_PER_DAY - 9 / 24.0));
  }

  private static double peak(double hour, double at, double width) {
    return Math.exp(-(hour - at) * (hour - at) / (2 * width * width));
  }

  /** Approximates well for means of a few dozen. */
  private static long poisson(double mean, RandomGenerator random) {
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
  }
}
