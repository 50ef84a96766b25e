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
 * What happens, and the settings that it is met with. The same seed always gives the same events
 * and the same luck, whatever the settings are: what differs between two settings is theirs.
 * Immutable.
 *
 * @param name what it is called
 * @param streams which events arrive
 * @param wallets of how many wallets they are
 * @param skew how unevenly events are spread over the wallets: 0 evenly; the n-th wallet has a
 *     share in proportion to 1 / n to this power
 * @param rounds how many rounds there are
 * @param every how long from the start of one to that of the next
 * @param api what the API does, by seed
 * @param changes what is done to the limits meanwhile
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

  /** No simulated round goes on for longer than this after the last one began. */
  static final Duration LONGEST = Duration.ofDays(31);

  /** The most events of one run. */
  static final int MOST_EVENTS = 2_000_000;

  /** Which part of a sequence of random numbers is for what. */
  private static final long EVENTS = 0x5DEECE66DL;

  Scenario {
    streams = List.copyOf(streams);
    changes = List.copyOf(changes);
    variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
  }

  /**
   * Events that arrive in one way.
   *
   * @param pattern when, by how long after the start of the simulation its round begins
   * @param mix of which types, with their weights
   */
  record Stream(IntFunction<ArrivalPattern> pattern, List<Share> mix) {}

  /**
   * A part of a mix.
   *
   * @param type the type
   * @param weight how many permits an attempt costs
   * @param share how much of the mix it is; shares need not sum up to anything
   */
  record Share(EventType type, int weight, double share) {}

  /** Something that is done to the limits at a time. */
  sealed interface Change {
    /** The queue's own limit is another one. */
    record Limit(Duration at, RateLimit limit) implements Change {}

    /** A named limit has other windows. */
    record Named(Duration at, String name, List<RateLimit> windows) implements Change {}

    /** All starts are paused. */
    record Pause(Duration at, Duration length) implements Change {}
  }

  Scenario withVariants(Map<String, Settings> others) {
    return new Scenario(name, streams, wallets, skew, rounds, every, api, changes, others);
  }

  /** Returns what is simulated with these settings and this seed. */
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
