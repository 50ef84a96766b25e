package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.HistoryQuery.Place;
import io.ratelimit.core.history.RoundRecord;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds the rounds that a query asks for among lines in the order in which they were written. The
 * last line with an id wins. Holds no more rounds than the query asks for. Not thread-safe.
 */
public final class NewestRounds {

  private final HistoryQuery query;
  private final NavigableMap<Place, RoundRecord> newest = new TreeMap<>();
  private final Map<String, Place> places = new HashMap<>();

  /**
   * The highest place that was dropped for lack of room: rounds below it must not be added again.
   */
  private Optional<Place> leftOut = Optional.empty();

  private long unreadable;

  public NewestRounds(HistoryQuery query) {
    this.query = query;
  }

  /** Adds a line. */
  public void line(String line) {
    try {
      add(RoundRecord.fromJson(line));
    } catch (IllegalArgumentException damaged) {
      unreadable();
    }
  }

  /** Counts a line that is not a round. */
  public void unreadable() {
    unreadable++;
  }

  private void add(RoundRecord round) {
    Place earlier = places.put(round.id(), Place.of(round));
    if (earlier != null) {
      newest.remove(earlier);
    }
    if (query.matches(round)) {
      newest.put(Place.of(round), round);
      if (leftOut.filter(place -> Place.of(round).compareTo(place) < 0).isPresent()) {
        newest.remove(Place.of(round));
      } else if (newest.size() > query.max()) {
        leftOut = Optional.of(newest.pollFirstEntry().getKey());
      }
    }
  }

  /**
   * Returns the page. Unreadable lines have no place in the order, so the first page counts them.
   */
  public HistoryPage page() {
    List<RoundRecord> rounds = new ArrayList<>(newest.descendingMap().values());
    return new HistoryPage(
        rounds,
        leftOut.map(highest -> query.before(rounds.isEmpty() ? above(highest) : last(rounds))),
        query.before().isEmpty() ? unreadable : 0);
  }

  private static Place last(List<RoundRecord> rounds) {
    return Place.of(rounds.get(rounds.size() - 1));
  }

  private static Place above(Place place) {
    return new Place(place.endedAt().plus(1, ChronoUnit.MICROS), "");
  }
}
