package io.ratelimit.core.history;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.time.Instant;
import java.util.Optional;

/**
 * Asks a history for its newest rounds.
 *
 * @param since skips rounds that ended before this moment
 * @param before asks for rounds before this place in the order; empty to begin with the newest
 * @param max the most rounds on the page, 1 to {@value #MOST}; a page may hold fewer and still have
 *     a next one
 */
public record HistoryQuery(Instant since, Optional<Place> before, int max) {

  /** The most rounds on a page. */
  public static final int MOST = 1_000;

  /**
   * The place of a round in the order of a history: by its end, then by its id.
   *
   * @param endedAt when the round ended
   * @param id the id of the round
   */
  public record Place(Instant endedAt, String id) implements Comparable<Place> {

    /** Returns the place of a round. */
    public static Place of(RoundRecord round) {
      return new Place(round.endedAt(), round.id());
    }

    @Override
    public int compareTo(Place other) {
      int byEnd = endedAt.compareTo(other.endedAt);
      return byEnd != 0 ? byEnd : id.compareTo(other.id);
    }
  }

  /**
   * Creates a query.
   *
   * @throws IllegalArgumentException if the number is outside its range
   */
  public HistoryQuery {
    requireNonNull(since, "since");
    requireNonNull(before, "before");
    Requirements.between("the number of rounds on a page", max, 1, MOST);
  }

  /**
   * Asks for the newest rounds.
   *
   * @throws IllegalArgumentException if the number is outside its range
   */
  public static HistoryQuery newest(int max) {
    return new HistoryQuery(Instant.EPOCH, Optional.empty(), max);
  }

  /** Returns this query, limited to rounds that ended at a moment or later. */
  public HistoryQuery since(Instant moment) {
    return new HistoryQuery(moment, before, max);
  }

  /** Returns this query, limited to rounds before a place. */
  public HistoryQuery before(Place place) {
    return new HistoryQuery(since, Optional.of(place), max);
  }

  /** Returns whether this query asks for a round. */
  public boolean matches(RoundRecord round) {
    return !round.endedAt().isBefore(since)
        && before.filter(place -> Place.of(round).compareTo(place) >= 0).isEmpty();
  }
}
