package io.ratelimit.core.history;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rounds with few known facts. The testkit has more, but depends on this module. */
public final class TestRounds {

  /** Returns a round of which only one fact is known: it met its deadline of three minutes. */
  public static RoundRecord met(String id, Instant startedAt, Instant endedAt) {
    return round(
        id,
        "",
        startedAt,
        endedAt,
        RoundRecord.Outcome.MET,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** Returns a round with the facts that forecasts learn from. */
  public static RoundRecord round(
      String id,
      String queue,
      Instant startedAt,
      Instant endedAt,
      RoundRecord.Outcome outcome,
      Optional<RoundRecord.Counts> counts,
      Optional<List<Long>> arrivalsByMinute,
      List<RoundRecord.OfType> types) {
    return new RoundRecord(
        id,
        queue,
        "engine",
        startedAt,
        endedAt,
        Duration.ofMinutes(3),
        outcome,
        Optional.empty(),
        counts,
        arrivalsByMinute,
        types,
        RoundRecord.Sample.NONE,
        RoundRecord.LimitUse.NONE,
        Optional.empty(),
        Map.of(),
        List.of());
  }

  private TestRounds() {}
}
