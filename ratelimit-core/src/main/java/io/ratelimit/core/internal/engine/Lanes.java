package io.ratelimit.core.internal.engine;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Which lanes there are and which of them are busy. Fewer lanes takes away free ones at once and
 * busy ones when they are done. Thread-safe.
 */
final class Lanes {

  private static final Optional<Duration> NOW = Optional.of(Duration.ZERO);

  private final Optional<RateLimit> limitPerLane;
  private final Time time;
  private final List<Lane> all = new ArrayList<>();
  // By the lanes' numbers.
  private final BitSet free = new BitSet();
  private int wanted;
  private int busy;

  Lanes(Optional<RateLimit> limitPerLane, Time time) {
    this.limitPerLane = limitPerLane;
    this.time = time;
  }

  synchronized void want(int lanes) {
    while (all.size() < lanes) {
      Lane lane = new Lane(all.size() + 1, limitPerLane, time);
      all.add(lane);
      free.set(lane.number());
    }
    wanted = lanes;
  }

  synchronized int wanted() {
    return wanted;
  }

  synchronized int busy() {
    return busy;
  }

  /** Returns the free lanes whose own limit allows an event now, the lowest numbers first. */
  List<Lane> ready() {
    return readyWith(List.of());
  }

  /** The same, as if these lanes had been vacated. */
  synchronized List<Lane> readyWith(List<Lane> vacated) {
    List<Lane> available = available(vacated);
    if (limitPerLane.isPresent()) {
      available.removeIf(lane -> !lane.untilReady().isZero());
    }
    return available;
  }

  /** Returns whether there are more free lanes whose own limit allows an event now than this. */
  synchronized boolean areReady(int more) {
    return limitPerLane.isPresent()
        ? ready().size() > more
        : Math.min(wanted - busy, free.cardinality()) > more;
  }

  /**
   * Returns how long until the next free lane's own limit allows an event; empty: no lane is free.
   */
  synchronized Optional<Duration> untilReady() {
    if (limitPerLane.isPresent()) {
      return available(List.of()).stream().map(Lane::untilReady).min(Duration::compareTo);
    }
    return wanted > busy && !free.isEmpty() ? NOW : Optional.empty();
  }

  private List<Lane> available(List<Lane> vacated) {
    int room = Math.max(0, wanted - busy + vacated.size());
    vacated.forEach(lane -> free.set(lane.number()));
    List<Lane> available = new ArrayList<>(Math.min(room, all.size()));
    for (int number = free.nextSetBit(0);
        number >= 0 && available.size() < room;
        number = free.nextSetBit(number + 1)) {
      available.add(all.get(number - 1));
    }
    vacated.forEach(lane -> free.clear(lane.number()));
    return available;
  }

  synchronized void occupy(Lane lane) {
    free.clear(lane.number());
    busy++;
    lane.eventStarted();
  }

  synchronized void vacate(Lane lane) {
    free.set(lane.number());
    busy--;
  }
}
