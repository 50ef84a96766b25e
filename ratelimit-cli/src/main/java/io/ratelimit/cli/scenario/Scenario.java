package io.ratelimit.cli.scenario;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.simulation.ApiBehavior;
import io.ratelimit.core.simulation.ArrivalPattern;
import io.ratelimit.core.simulation.Simulation;
import io.ratelimit.core.simulation.Simulation.Arrival;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongFunction;

/**
 * A course of events, and settings to handle it. A seed determines the events and all chance,
 * whatever the settings, so differences between two settings are due to them. Immutable.
 *
 * @param name its name
 * @param streams the streams of events
 * @param wallets the number of wallets
 * @param skew how unevenly events are spread over the wallets: the share of the n-th wallet is
 *     proportional to 1 / n to this power; 0 means evenly
 * @param rounds the number of rounds
 * @param every the time between the starts of rounds
 * @param api the behavior of the API, by seed
 * @param changes the changes of limits
 * @param variants the settings, by name, at least one
 */
record Scenario(
    String name,
    List<Stream> streams,
    int wallets,
    double skew,
    int rounds,
    Duration every,
    LongFunction<ApiBehavior> api,
    List<Change> changes,
    Map<String, Settings> variants) {

  /** A simulation ends at the latest this long after the last round began. */
  static final Duration LONGEST = Duration.ofDays(31);

  /** The most events of one run. */
  static final int MOST_EVENTS = 2_000_000;

  /** Separates the random numbers for different purposes. */
  private static final long EVENTS = 0x5DEECE66DL;

  Scenario {
    streams = List.copyOf(streams);
    changes = List.copyOf(changes);
    variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
  }

  /**
   * Events with an arrival pattern.
   *
   * @param pattern returns the pattern for a round that begins this many seconds after the
   *     simulation
   * @param mix their types and weights
   */
  record Stream(IntFunction<ArrivalPattern> pattern, List<Share> mix) {}

  /**
   * A part of a mix.
   *
   * @param type the type
   * @param weight the permits of an attempt
   * @param share its share; shares need not add up to 1
   */
  record Share(EventType type, int weight, double share) {}

  /** A change of limits at a time. */
  sealed interface Change {
    /** Changes the queue's own limit. */
    record Limit(Duration at, RateLimit limit) implements Change {}

    /** Changes the windows of a named limit. */
    record Named(Duration at, String name, List<RateLimit> windows) implements Change {}

    /** Pauses all starts. */
    record Pause(Duration at, Duration length) implements Change {}
  }

  Scenario withVariants(Map<String, Settings> others) {
    return new Scenario(name, streams, wallets, skew, rounds, every, api, changes, others);
  }

  /** Returns the simulation with these settings and this seed. */
  Simulation simulation(Settings settings, long seed) {
    return simulation(settings, seed, arrivals(seed));
  }

  Simulation simulation(Settings settings, long seed, List<List<Arrival>> arrivals) {
    Limits limits = settings.limits();
    Simulation.Builder builder =
        Simulation.ofRounds(arrivals, every, settings.limit())
            .limits(limits)
            .terms(settings.terms())
            .scalingPolicy(settings.policy().policy(settings.terms().workers().max()))
            .retryPolicy(settings.retryPolicy())
            .workerStartup(settings.workerStartup())
            .behavior(api.apply(seed))
            .atMost(every.multipliedBy(rounds - 1L).plus(LONGEST));
    for (Change change : changes) {
      if (change instanceof Change.Limit to) {
        builder.changeLimit(to.at(), to.limit());
      } else if (change instanceof Change.Pause pause) {
        builder.pause(pause.at(), pause.length());
      } else if (change instanceof Change.Named named) {
        builder.changeNamedLimit(named.at(), changed(limits, named));
      }
    }
    return builder.build();
  }

  private static NamedLimit changed(Limits limits, Change.Named change) {
    NamedLimit before =
        limits.declared().stream()
            .filter(limit -> limit.name().equals(change.name()))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("there is no limit named " + change.name()));
    return new NamedLimit(
        before.name(),
        change.windows(),
        before.maxInFlight(),
        before.retriesHold(),
        before.ceiling());
  }

  /** Returns the events of each round. */
  List<List<Arrival>> arrivals(long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ EVENTS);
    double[] walletSums = sums(wallets, i -> Math.pow(i + 1, -skew));
    List<List<Arrival>> all = new ArrayList<>();
    long count = 0;
    for (int round = 0; round < rounds; round++) {
      List<List<Duration>> times = new ArrayList<>();
      for (Stream stream : streams) {
        List<Duration> some = stream.pattern().apply(round).times(random.split());
        count += some.size();
        times.add(some);
      }
      if (count > MOST_EVENTS) {
        throw new IllegalArgumentException(
            "a run may have at most " + MOST_EVENTS + " events; lower the rates or the rounds");
      }
      all.add(round(round, times, walletSums, random));
    }
    return all;
  }

  private List<Arrival> round(
      int round, List<List<Duration>> times, double[] walletSums, SplittableRandom random) {
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 0; i < times.size(); i++) {
      List<Share> mix = streams.get(i).mix();
      double[] typeSums = sums(mix.size(), type -> mix.get(type).share());
      for (Duration at : times.get(i)) {
        Share share = mix.get(drawn(typeSums, random));
        String id = "r" + (round + 1) + "-" + (arrivals.size() + 1);
        String wallet = "wallet-" + (drawn(walletSums, random) + 1);
        arrivals.add(
            new Arrival(at, AuditEvent.of(id, share.type(), wallet).withWeight(share.weight())));
      }
    }
    return arrivals;
  }

  private static double[] sums(int count, IntToDoubleFunction share) {
    double[] sums = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += share.applyAsDouble(i);
      sums[i] = sum;
    }
    return sums;
  }

  private static int drawn(double[] sums, SplittableRandom random) {
    double at = random.nextDouble() * sums[sums.length - 1];
    int found = Arrays.binarySearch(sums, at);
    return Math.min(found < 0 ? -found - 1 : found + 1, sums.length - 1);
  }
}
