package io.ratelimit.redis.internal.calls;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How often those who wait ask again whether there is something, should nobody tell them: all of
 * one queue together a few times a second, however many they are. Few ask every 2 s, so that no
 * wake-up that is lost costs more; many take turns by chance, as any of them finds what was meant
 * for another. Thread-safe.
 */
final class Polls {

  private static final Duration OF_FEW = Duration.ofSeconds(2);
  private static final Duration SHORTEST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** Of so many or fewer, each asks as often as one that is alone. */
  private static final int FEW = 8;

  private final SplittableRandom random;
  private volatile long waiting;

  /**
   * @param client whose polls these are: each has others
   */
  Polls(String client) {
    this.random = new SplittableRandom(client.hashCode());
  }

  /** So many clients wait. */
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
