package io.ratelimit.core.history;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.history.HistoryQuery.Place;
import io.ratelimit.core.internal.check.Requirements;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Keeps rounds in memory until this JVM ends. Bounded in bytes and in rounds; forgets the oldest
 * rounds first. Thread-safe, and does not block.
 */
public final class InMemoryRoundHistory implements RoundHistory {

  /** The most bytes kept by default: 8 MiB. */
  public static final long DEFAULT_BYTES = 8 << 20;

  /** The most rounds kept by default. */
  public static final int DEFAULT_ROUNDS = 10_000;

  private record Kept(RoundRecord round, long bytes) {}

  private final long mostBytes;
  private final int mostRounds;
  private final NavigableMap<Place, Kept> rounds = new TreeMap<>();
  private final Map<String, Place> places = new HashMap<>();
  private long bytes;

  private InMemoryRoundHistory(long mostBytes, int mostRounds) {
    this.mostBytes = mostBytes;
    this.mostRounds = mostRounds;
  }

  /** Creates an empty history of {@link #DEFAULT_BYTES} and {@link #DEFAULT_ROUNDS}. */
  public static InMemoryRoundHistory create() {
    return create(DEFAULT_BYTES, DEFAULT_ROUNDS);
  }

  /**
   * Creates an empty history.
   *
   * @param mostBytes how many bytes it may keep, measured as the JSON of its rounds: at least
   *     {@link RoundRecord#MAX_BYTES}
   * @param mostRounds how many rounds it may keep, at least 1
   * @throws IllegalArgumentException if a bound is too small
   */
  public static InMemoryRoundHistory create(long mostBytes, int mostRounds) {
    if (mostBytes < RoundRecord.MAX_BYTES) {
      throw new IllegalArgumentException(
          "the bytes of a history must be at least "
              + RoundRecord.MAX_BYTES
              + " but are "
              + mostBytes);
    }
    Requirements.atLeast("the number of rounds", mostRounds, 1);
    return new InMemoryRoundHistory(mostBytes, mostRounds);
  }

  @Override
  public void append(RoundRecord round) {
    requireNonNull(round, "round");
    Kept kept = new Kept(round, round.toJson().length());
    synchronized (rounds) {
      Place place = Place.of(round);
      Place earlier = places.put(round.id(), place);
      if (earlier != null) {
        bytes -= removed(earlier).bytes();
      }
      rounds.put(place, kept);
      bytes += kept.bytes();
      while (bytes > mostBytes || rounds.size() > mostRounds) {
        Map.Entry<Place, Kept> oldest = rounds.firstEntry();
        places.remove(oldest.getKey().id());
        bytes -= removed(oldest.getKey()).bytes();
      }
    }
  }

  private Kept removed(Place place) {
    return requireNonNull(rounds.remove(place), "a place has a round");
  }

  @Override
  public HistoryPage read(HistoryQuery query) {
    List<RoundRecord> page = new ArrayList<>();
    synchronized (rounds) {
      NavigableMap<Place, Kept> asked =
          query.before().map(place -> rounds.headMap(place, false)).orElse(rounds);
      for (Kept kept : asked.descendingMap().values()) {
        if (kept.round().endedAt().isBefore(query.since())) {
          break;
        }
        if (page.size() == query.max()) {
          return new HistoryPage(
              page, Optional.of(query.before(Place.of(page.get(page.size() - 1)))), 0);
        }
        page.add(kept.round());
      }
    }
    return new HistoryPage(page, Optional.empty(), 0);
  }
}
