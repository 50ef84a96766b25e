package io.ratelimit.redis.internal.control;

import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.store.Store;
import io.ratelimit.redis.internal.wire.Micros;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps the rounds of a queue in Redis, bounded in bytes and age. Thread-safe. */
public final class RedisRoundHistory implements RoundHistory {

  private static final String IF_LOST = "the round may have been kept; keeping it again is safe";
  private static final String READ_ONLY = "nothing was changed";

  private static final Instant EARLIEST = Micros.toInstant(1);
  private static final Instant LATEST = Instant.parse("2112-01-01T00:00:00Z");

  private final Store store;
  private final long mostBytes;
  private final long oldestMicros;

  /**
   * @param mostBytes the most bytes of all records together
   * @param oldest the greatest age of a round relative to the newest one
   */
  public RedisRoundHistory(Store store, long mostBytes, Duration oldest) {
    this.store = store;
    this.mostBytes = mostBytes;
    this.oldestMicros = Micros.ceiling(oldest);
  }

  @Override
  public void append(RoundRecord round) {
    long ended = Micros.floor(round.endedAt());
    if (ended < 1 || round.endedAt().isAfter(LATEST)) {
      throw new HistoryException(
          "a round in Redis must have ended between 1970 and 2111, and this one ended "
              + round.endedAt());
    }
    try {
      Object unused =
          store.run(
              Script.ROUND_APPEND,
              IF_LOST,
              ended,
              round.id(),
              round.toJson(),
              mostBytes,
              oldestMicros);
    } catch (QueueException failure) {
      throw new HistoryException("the round is not kept: " + failure.getMessage(), failure);
    }
  }

  @Override
  public HistoryPage read(HistoryQuery query) {
    try {
      return page(query, ask(query));
    } catch (QueueException failure) {
      throw new HistoryException("no rounds are read: " + failure.getMessage(), failure);
    }
  }

  private Reply ask(HistoryQuery query) {
    return store.query(
        Script.ROUNDS,
        READ_ONLY,
        micros(query.since()),
        query.before().map(place -> Long.toString(micros(place.endedAt()))).orElse(""),
        query.before().map(HistoryQuery.Place::id).orElse(""),
        query.max());
  }

  /** Rounds up to microseconds, within the range of times in Redis. */
  private static long micros(Instant instant) {
    Instant within =
        instant.isBefore(EARLIEST) ? EARLIEST : instant.isAfter(LATEST) ? LATEST : instant;
    return Micros.floor(within.plusNanos(999));
  }

  private static HistoryPage page(HistoryQuery query, Reply reply) {
    boolean more = reply.number() == 1;
    List<RoundRecord> rounds = new ArrayList<>();
    long unreadable = 0;
    Optional<HistoryQuery.Place> last = Optional.empty();
    while (reply.hasNext()) {
      Instant endedAt = Micros.toInstant(reply.number());
      last = Optional.of(new HistoryQuery.Place(endedAt, reply.text()));
      try {
        rounds.add(RoundRecord.fromJson(reply.text()));
      } catch (IllegalArgumentException damaged) {
        unreadable++;
      }
    }
    Optional<HistoryQuery> next =
        last.filter(place -> more)
            .map(place -> new HistoryQuery(query.since(), Optional.of(place), query.max()));
    return new HistoryPage(rounds, next, unreadable);
  }
}
