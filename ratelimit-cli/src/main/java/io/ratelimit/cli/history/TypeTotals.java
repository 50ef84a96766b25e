package io.ratelimit.cli.history;

import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.report.Percentiles;
import io.ratelimit.core.report.Spread;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Totals over rounds for one event type.
 *
 * @param type the name of the type
 * @param rounds the number of rounds in which something was known of it
 * @param arrivals the number of events that came; empty if unknown for a round
 * @param attempts the number of attempts reported
 * @param failures the number of these that failed
 * @param timed the number of rounds in which the duration of attempts is known
 * @param spread the durations
 */
record TypeTotals(
    String type,
    long rounds,
    Optional<Long> arrivals,
    long attempts,
    long failures,
    long timed,
    Spread spread) {

  /** Returns the types of some rounds, in the order of their first appearance. */
  static Collection<TypeTotals> of(List<RoundRecord> rounds) {
    Map<String, TypeTotals> types = new LinkedHashMap<>();
    rounds.forEach(
        round ->
            round.types().forEach(type -> types.merge(type.type(), of(type), TypeTotals::plus)));
    return types.values();
  }

  private static TypeTotals of(RoundRecord.OfType type) {
    return new TypeTotals(
        type.type(),
        1,
        type.arrivals(),
        type.attempts(),
        type.failed() + type.retries(),
        type.processing().isPresent() ? 1 : 0,
        type.processing().orElse(Spread.NONE));
  }

  private TypeTotals plus(TypeTotals other) {
    return new TypeTotals(
        type,
        rounds + other.rounds,
        arrivals.flatMap(one -> other.arrivals.map(another -> one + another)),
        attempts + other.attempts,
        failures + other.failures,
        timed + other.timed,
        spread.plus(other.spread));
  }

  Optional<Double> failureRate() {
    return attempts == 0 ? Optional.empty() : Optional.of((double) failures / attempts);
  }

  Optional<Percentiles> times() {
    return spread.total() == 0 ? Optional.empty() : Optional.of(spread.percentiles());
  }
}
