package io.ratelimit.core.internal.engine;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tracks which lanes there are and which of them are busy. Reducing their number removes free lanes
 * at once and busy lanes when they are done. Thread-safe.
 */
final class Lanes {

  private static final Optional<Duration> NOW = Optional.of(Duration.ZERO);

  private final Optional<RateLimit> limitPerLane;
  private final Time time;
  private final List<Lane> all = new ArrayList<>();
  // Indexed by lane number.
  private final BitSet free = new BitSet();
  private int wanted;
  private int busy;
  private int withheld;

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

  /** Returns whether each lane has a limit of its own. */
  boolean areLimited() {
    return limitPerLane.isPresent();
  }

  /** Returns the free lanes whose own limit allows an event now, the lowest numbers first. */
  synchronized List<Lane> ready() {
    List<Lane> available = available();
    if (limitPerLane.isPresent()) {
      available.removeIf(lane -> !lane.untilReady().isZero());
    }
    return available;
  }

  /** Returns whether there is a free lane whose own limit allows an event now. */
  synchronized boolean isReady() {
    return limitPerLane.isPresent() ? !ready().isEmpty() : isFree();
  }

  /**
   * Occupies the first free lane whose own limit allows an event now.
   *
   * @return the lane; null if there is none
   */
  synchronized @Nullable Lane occupyReady() {
    if (!isReady()) {
      return null;
    }
    Lane lane = limitPerLane.isPresent() ? ready().get(0) : all.get(free.nextSetBit(0) - 1);
    occupy(lane);
    return lane;
  }

  private boolean isFree() {
    return room() > 0 && !free.isEmpty();
  }

  private int room() {
    return wanted - busy - withheld;
  }

  /** Returns the time until a free lane's own limit allows an event; empty if no lane is free. */
  synchronized Optional<Duration> untilReady() {
    if (limitPerLane.isPresent()) {
      return available().stream().map(Lane::untilReady).min(Duration::compareTo);
    }
    return isFree() ? NOW : Optional.empty();
  }

  private List<Lane> available() {
    int room = Math.max(0, room());
    List<Lane> available = new ArrayList<>(Math.min(room, all.size()));
    for (int number = free.nextSetBit(0);
        number >= 0 && available.size() < room;
        number = free.nextSetBit(number + 1)) {
      available.add(all.get(number - 1));
    }
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

  /**
   * Returns whether a lane may continue with another event without being vacated: it has no limit
   * of its own, and the number of lanes is not being reduced.
   */
  synchronized boolean mayGoOn() {
    return room() >= 0 && limitPerLane.isEmpty();
  }

  /** Withholds one lane from getting events; the number of lanes stays the same. */
  synchronized void withhold() {
    withheld++;
  }

  /** Undoes one {@link #withhold}. */
  synchronized void restore() {
    withheld--;
  }
}
