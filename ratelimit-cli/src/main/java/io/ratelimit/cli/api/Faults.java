package io.ratelimit.cli.api;

import java.util.SplittableRandom;

/** Chooses which requests fail, determined by a seed. Thread-safe. */
final class Faults {

  private final double rate;
  private final SplittableRandom random;

  Faults(double rate, long seed) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException("fail rate must be 0 to 1 but is " + rate);
    }
    this.rate = rate;
    this.random = new SplittableRandom(seed);
  }

  synchronized boolean next() {
    return random.nextDouble() < rate;
  }
}
