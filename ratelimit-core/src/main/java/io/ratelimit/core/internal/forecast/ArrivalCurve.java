package io.ratelimit.core.internal.forecast;

import java.util.ArrayList;
import java.util.List;

/** What part of a round's events has come at its begin, and after each minute, of late. */
final class ArrivalCurve {

  /** What came 20 rounds ago weighs a third. */
  private static final double DECAY = 0.95;

  /** Later minutes count as the last. */
  private static final int MOST_MINUTES = 60;

  /** Events at the begin, then those of each minute. */
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

  /** Returns the parts in order, the last one 1; only that where no event ever came. */
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
