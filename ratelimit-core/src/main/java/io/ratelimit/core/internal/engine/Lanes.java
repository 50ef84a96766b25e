package io.ratelimit.core.internal.engine;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which lanes there are and which of them are busy. Fewer lanes takes away free ones at once and
 * busy ones when they are done. Thread-safe.
 */
final class Lanes {

  private final Optional<RateLimit> limitPerLane;
  private final Time time;
  private final List<Lane> all = new ArrayList<>();
  private final TreeSet<Integer> free = new TreeSet<>();
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
      free.add(lane.number());
    }
    wanted = lanes;
  }

  synchronized int wanted() {
    return wanted;
  }

  synchronized int busy() {
    return busy;
  }

  /** The free lanes whose own limit allows an event now, the lowest numbers first. */
  synchronized List<Lane> ready() {
    return available().stream().filter(lane -> lane.untilReady().isZero()).toList();
  }

  /** How long until the next free lane's own limit allows an event; empty: no lane is free. */
  synchronized Optional<Duration> untilReady() {
    return available().stream().map(Lane::untilReady).min(Duration::compareTo);
  }

  private List<Lane> available() {
    int room = Math.max(0, wanted - busy);
    return free.stream().limit(room).map(number -> all.get(number - 1)).toList();
  }

  synchronized void occupy(Lane lane) {
    free.remove(lane.number());
    busy++;
    lane.eventStarted();
  }

  synchronized void vacate(Lane lane) {
    free.add(lane.number());
    busy--;
  }
}
