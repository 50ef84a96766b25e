package io.ratelimit.core.scaling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The possible times of an event from its first start to its last end, with their probabilities:
 * chains of attempts of which all but the last fail, each slow or not, with the backoffs between
 * them.
 */
final class Chains {

  /** Smaller probabilities are ignored: this is far below the smallest risk. */
  private static final double NEGLIGIBLE = 1e-8;

  /** For longer chains, only one is considered: with as many slow attempts as is ever likely. */
  private static final int MOST_TOLD_APART = 8;

  private static final double FAR = 5;

  private record Chain(double seconds, int retries, double probability) {}

  /** The chains, longest first, not counting waits for permits. */
  private final Chain[] chains;

  private final int mostRetries;

  private Chains(List<Chain> chains) {
    this.chains =
        chains.stream()
            .sorted(Comparator.comparingDouble(Chain::seconds).reversed())
            .toArray(Chain[]::new);
    this.mostRetries = chains.stream().mapToInt(Chain::retries).max().orElse(0);
  }

  /** Returns the chains of an event drawn at random from the groups. */
  static Chains of(List<Workload.Group> groups, Expectations expected) {
    double events = 0;
    for (Workload.Group group : groups) {
      events += group.events();
    }
    List<Chain> chains = new ArrayList<>();
    for (Workload.Group group : groups) {
      add(chains, group, group.events() / events, expected);
    }
    return new Chains(chains);
  }

  private static void add(
      List<Chain> chains, Workload.Group group, double share, Expectations expected) {
    double slowShare = group.slowShare(expected);
    double usual = group.seconds();
    double slow = group.slowSeconds(expected);
    double reached = share;
    for (int retries = 0; retries <= expected.retries() && reached > NEGLIGIBLE; retries++) {
      boolean last = retries == expected.retries();
      double ended = reached * (last ? 1 : 1 - expected.failureRate());
      double backoff = expected.backoff().seconds(retries);
      int attempts = retries + 1;
      if (attempts > MOST_TOLD_APART) {
        double deviation = Math.sqrt(attempts * slowShare * (1 - slowShare));
        double slowOnes = Math.min(attempts, attempts * slowShare + FAR * deviation);
        double seconds = backoff + usual * (attempts - slowOnes) + slow * slowOnes;
        chains.add(new Chain(seconds, retries, ended));
        reached *= expected.failureRate();
        continue;
      }
      double chance = ended * Math.pow(1 - slowShare, attempts);
      for (int slowOnes = 0; slowOnes <= attempts; slowOnes++) {
        if (chance > NEGLIGIBLE || chains.isEmpty()) {
          double seconds = backoff + usual * (attempts - slowOnes) + slow * slowOnes;
          chains.add(new Chain(seconds, retries, chance));
        }
        if (slowShare == 1) {
          chance = slowOnes == attempts - 1 ? ended : 0;
        } else {
          chance *= slowShare / (1 - slowShare) * (attempts - slowOnes) / (slowOnes + 1.0);
        }
      }
      reached *= expected.failureRate();
    }
  }

  /** Returns the length of the longest chain, if each retry waits this long for its permit. */
  double longest(double wait) {
    return chains[0].seconds + mostRetries * wait;
  }

  /**
   * Returns the expected number of late events.
   *
   * @param seconds the time that the last event has
   * @param interval how much more each earlier event has; 0 if all have the same
   * @param events the number of events
   * @param wait how long a retry waits for its permit
   */
  double late(double seconds, double interval, double events, double wait) {
    double sum = 0;
    for (Chain chain : chains) {
      if (chain.seconds + mostRetries * wait <= seconds) {
        break;
      }
      double over = chain.seconds + chain.retries * wait - seconds - Outlook.INEXACT;
      if (over > 0) {
        double count = interval <= 0 ? events : Math.min(events, Math.ceil(over / interval));
        sum += chain.probability * count;
      }
    }
    return sum;
  }
}
