package io.ratelimit.redis.internal.calls;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Decides how often waiting clients poll in case a wake-up is lost: all clients of a queue together
 * poll a few times a second, however many they are. A few clients poll every 2 s, so a lost wake-up
 * costs no more; many take turns at random, since each finds what was meant for another.
 * Thread-safe.
 */
final class Polls {

  private static final Duration OF_FEW = Duration.ofSeconds(2);
  private static final Duration SHORTEST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** Up to this many clients, each polls as often as a single one. */
  private static final int FEW = 8;

  private final SplittableRandom random;
  private volatile long waiting;

  /**
   * @param client the seed of this client's polls, which differ from those of others
   */
  Polls(String client) {
    this.random = new SplittableRandom(client.hashCode());
  }

  /** Notes how many clients wait. */
  void seen(long clients) {
    waiting = clients;
  }

  /** Returns how long to wait until the next poll. */
  Duration next() {
    if (waiting <= FEW) {
      return OF_FEW;
    }
    Duration mean = OF_FEW.multipliedBy(waiting).dividedBy(FEW);
    Duration longest = mean.multipliedBy(2);
    if (longest.compareTo(LONGEST) > 0) {
      longest = LONGEST;
    }
    synchronized (random) {
      return Duration.ofNanos(random.nextLong(SHORTEST.toNanos(), longest.toNanos()));
    }
  }
}
