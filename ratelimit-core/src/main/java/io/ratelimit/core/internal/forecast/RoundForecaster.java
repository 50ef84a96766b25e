package io.ratelimit.core.internal.forecast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.forecast.Forecaster.SeriesModel;
import io.ratelimit.core.forecast.PastForecast;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.forecast.RoundForecast.Prediction;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Forecasts how many events a round will bring, by type, and how long attempts at them will take,
 * from the rounds before, and keeps count of how wrong it was: each round is forecast before it is
 * learned. Deterministic: who learns the same rounds in the same order forecasts the same. Not
 * thread-safe.
 */
public final class RoundForecaster {

  /** The most types with a series of their own; later ones have none. */
  private static final int MOST_TYPES = 50;

  /** How many of the latest rounds are kept with their forecasts. */
  private static final int MOST_PAST = 200;

  /** The number of errors behind an interval. */
  private static final int ERRORS = 100;

  private final Forecaster forecaster;
  private final Series total;
  private final Map<String, Series> types = new TreeMap<>();
  private final Map<String, Series> seconds = new TreeMap<>();
  private final ArrivalCurve curve = new ArrivalCurve();
  private final RecentValues judgedErrors = new RecentValues(RoundForecast.JUDGED);
  private final RecentValues judgedValues = new RecentValues(RoundForecast.JUDGED);
  private final RecentValues judgedSquares = new RecentValues(RoundForecast.JUDGED);
  private final Deque<PastForecast> past = new ArrayDeque<>();
  private int learned;
  private Instant latest = Instant.MIN;

  /** A model and its recent errors. */
  private record Series(SeriesModel model, RecentValues errors) {

    static Series of(Forecaster forecaster) {
      return new Series(forecaster.model(), new RecentValues(ERRORS));
    }

    void learn(Instant at, double value) {
      OptionalDouble expected = expect(at);
      if (expected.isPresent()) {
        errors.add(value - expected.getAsDouble());
      }
      model.learn(at, value);
    }

    /** A host's model may return what no count can be; that counts as unknown. */
    OptionalDouble expect(Instant at) {
      OptionalDouble expected = model.expect(at);
      return expected.isPresent()
              && expected.getAsDouble() >= 0
              && expected.getAsDouble() < Double.POSITIVE_INFINITY
          ? expected
          : OptionalDouble.empty();
    }
  }

  /** Creates a forecaster that has learned nothing. */
  public RoundForecaster(Forecaster forecaster) {
    this.forecaster = requireNonNull(forecaster, "forecaster");
    this.total = Series.of(forecaster);
  }

  /**
   * Learns a round. One that did not begin after all that were learned is left out: it was learned
   * already, or its clock was wrong.
   */
  public void learn(RoundArrivals round) {
    if (!round.at().isAfter(latest)) {
      return;
    }
    latest = round.at();
    double events = round.total();
    total.expect(latest).ifPresent(expected -> judge(expected, round.total()));
    total.learn(latest, events);
    learned++;
    curve.learn(round);
    // Sorted, so that with too many types, always the same ones get a series.
    new TreeSet<>(round.byType().keySet()).forEach(type -> of(type, types));
    new TreeMap<>(round.secondsByType())
        .forEach((type, each) -> of(type, seconds).ifPresent(series -> series.learn(latest, each)));
    if (!round.byType().isEmpty() || round.total() == 0) {
      types.forEach(
          (type, series) -> series.learn(latest, (double) round.byType().getOrDefault(type, 0L)));
    }
  }

  /** Returns the series of a type, creating it if necessary; empty if there are too many. */
  @CanIgnoreReturnValue
  private Optional<Series> of(String type, Map<String, Series> all) {
    return all.containsKey(type) || all.size() < MOST_TYPES
        ? Optional.of(all.computeIfAbsent(type, name -> Series.of(forecaster)))
        : Optional.empty();
  }

  private void judge(double expected, long came) {
    if (past.size() == MOST_PAST) {
      past.removeFirst();
    }
    past.addLast(new PastForecast(latest, predict(expected, total.errors()), came));
    judgedErrors.add(Math.abs(came - expected));
    judgedValues.add((double) came);
    // For a forecast of nearly nothing, one event is a large share.
    double part = (came - expected) / Math.max(1, expected);
    judgedSquares.add(part * part);
  }

  /**
   * Forecasts a round.
   *
   * @param at when it begins, later than all that were learned
   */
  public RoundForecast forecast(Instant at) {
    int judged = judgedErrors.size();
    double mean = total.expect(at).orElse(0);
    return new RoundForecast(
        at,
        predict(mean, total.errors()),
        byType(at, mean),
        secondsByType(at),
        curve.shares(),
        judged,
        judged == 0 ? 0 : judgedErrors.sum() / Math.max(1, judgedValues.sum()),
        judged == 0 ? 0 : Math.sqrt(judgedSquares.sum() / judged));
  }

  /** Returns how many rounds were learned. */
  public int learned() {
    return learned;
  }

  /**
   * Returns which model forecasts a round, by its name; empty: too little was learned.
   *
   * @param at when the round begins, later than all that were learned
   */
  public Optional<String> model(Instant at) {
    return total.expect(at).isPresent() ? Optional.of(total.model().name(at)) : Optional.empty();
  }

  /**
   * Returns what was expected of the latest rounds before they were learned, and what came, in the
   * order of time: at most {@value #MOST_PAST}.
   */
  public List<PastForecast> past() {
    return List.copyOf(past);
  }

  private Map<String, Prediction> byType(Instant at, double mean) {
    double sum = types.values().stream().mapToDouble(series -> series.expect(at).orElse(0)).sum();
    Map<String, Prediction> byType = new LinkedHashMap<>();
    types.forEach(
        (type, series) -> {
          double some = series.expect(at).orElse(0);
          if (some > 0) {
            byType.put(type, predict(some * (mean / sum), series.errors()));
          }
        });
    return byType;
  }

  private Map<String, Prediction> secondsByType(Instant at) {
    Map<String, Prediction> byType = new LinkedHashMap<>();
    seconds.forEach(
        (type, series) ->
            series.expect(at).ifPresent(mean -> byType.put(type, predict(mean, series.errors()))));
    return byType;
  }

  /**
   * Returns a prediction whose interval is that of the latest errors around the mean: no model has
   * to know how its errors are distributed. The empirical quantiles of residuals, as in R. J.
   * Hyndman and G. Athanasopoulos, <i>Forecasting: Principles and Practice</i>, 3rd ed. 2021, 5.5.
   */
  private static Prediction predict(double mean, RecentValues errors) {
    if (errors.isEmpty()) {
      return new Prediction(mean, 0, Double.MAX_VALUE);
    }
    double low = Math.max(0, mean + errors.quantile((1 - Prediction.LEVEL) / 2));
    return new Prediction(
        mean, low, Math.max(low, mean + errors.quantile((1 + Prediction.LEVEL) / 2)));
  }
}
