package io.ratelimit.benchmarks.forecast;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.internal.forecast.RoundArrivals;
import io.ratelimit.core.simulation.Simulation.Arrival;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The events of a round, in the order in which they are published. */
record Round(Instant at, List<Arrival> arrivals) {

  /** The time within which events arrive. */
  private static final int MINUTES = 2;

  /** The types; {@link #UP_TO} has their cumulative shares. */
  private static final List<EventType> TYPES =
      List.of(
          EventType.REBALANCE_NEEDED,
          EventType.OPEN_POSITION_DETECTED,
          EventType.OPEN_ORDER_DETECTED,
          EventType.NEW_BALANCE_UPDATE,
          EventType.BALANCE_CHECK_REQUIRED);

  private static final double[] UP_TO = {0.12, 0.3, 0.6, 0.8, 1};

  /** Returns a round with this many events, of which a share is pending when it begins. */
  static Round of(Instant at, long events, double atBegin, long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ at.getEpochSecond() * 0x9E3779B9L);
    List<Arrival> arrivals = new ArrayList<>();
    for (long i = 0; i < events; i++) {
      double chance = random.nextDouble();
      int type = 0;
      while (chance >= UP_TO[type]) {
        type++;
      }
      long millis =
          random.nextDouble() < atBegin ? 0 : (long) (random.nextDouble() * MINUTES * 60_000);
      arrivals.add(
          new Arrival(
              Duration.ofMillis(millis),
              AuditEvent.of("event-" + i, TYPES.get(type), "wallet-" + i)));
    }
    arrivals.sort(Comparator.comparing(Arrival::at));
    return new Round(at, arrivals);
  }

  /** Returns the round as a history keeps it. */
  RoundArrivals kept() {
    long atBegin = 0;
    Long[] byMinute = new Long[MINUTES];
    Arrays.fill(byMinute, 0L);
    Map<String, Long> byType = new HashMap<>();
    for (Arrival arrival : arrivals) {
      byType.merge(arrival.event().type().name(), 1L, Long::sum);
      if (arrival.at().isZero()) {
        atBegin++;
      } else {
        byMinute[(int) arrival.at().toMinutes()]++;
      }
    }
    return new RoundArrivals(at, atBegin, List.of(byMinute), byType, Map.of());
  }
}
