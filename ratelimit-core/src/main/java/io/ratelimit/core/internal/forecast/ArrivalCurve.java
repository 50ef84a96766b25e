package io.ratelimit.core.internal.forecast;

import java.util.ArrayList;
import java.util.List;

/**
 * The share of a round's events that has arrived at its beginning and after each minute, in recent
 * rounds.
 */
final class ArrivalCurve {

  /** The weight of arrivals 20 rounds ago is a third. */
  private static final double DECAY = 0.95;

  /** Later minutes count as the last one. */
  private static final int MOST_MINUTES = 60;

  /** The events at the beginning, then those of each minute. */
  private final List<Double> events = new ArrayList<>();

  void learn(RoundArrivals round) {
    events.replaceAll(some -> some * DECAY);
    add(0, (double) round.atBegin());
    for (int i = 0; i < round.byMinute().size(); i++) {
      add(Math.min(i, MOST_MINUTES - 1) + 1, (double) round.byMinute().get(i));
    }
  }

  private void add(int place, double some) {
    while (events.size() <= place) {
      events.add(0.0);
    }
    events.set(place, events.get(place) + some);
  }

  /** Returns the shares in order, the last one 1; only that one if no event ever arrived. */
  List<Double> shares() {
    double all = events.stream().mapToDouble(Double::doubleValue).sum();
    List<Double> shares = new ArrayList<>();
    double before = 0;
    for (double some : events) {
      before += some;
      shares.add(all == 0 ? 1 : Math.min(1, before / all));
    }
    if (shares.isEmpty()) {
      return List.of(1.0);
    }
    shares.set(shares.size() - 1, 1.0);
    return shares;
  }
}
