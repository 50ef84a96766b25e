package io.ratelimit.core.internal.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.forecast.RoundForecast.Prediction;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.TypeEstimate;
import io.ratelimit.core.scaling.TypeHistory;
import io.ratelimit.core.scaling.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The work that is forecast to arrive during a round; nothing if the forecast is not reliable. Not
 * thread-safe.
 */
public final class Foresight {

  /** The tolerance for sums of doubles. */
  private static final double INEXACT = 1e-6;

  /** The longest processing time that a type may have. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private final Optional<RoundForecast> forecast;
  private final Predicate<String> handled;
  private OptionalLong publishedBefore = OptionalLong.empty();

  private Foresight(Optional<RoundForecast> forecast, Predicate<String> handled) {
    this.forecast = forecast;
    this.handled = handled;
  }

  /** Returns a foresight without a forecast. */
  public static Foresight none() {
    return new Foresight(Optional.empty(), type -> true);
  }

  /**
   * Returns the foresight of a round that is about to begin.
   *
   * @param handled selects types by name; the others are ignored
   */
  public static Foresight of(RoundForecast forecast, Predicate<String> handled) {
    return new Foresight(
        Optional.of(forecast).filter(each -> each.distrust().isEmpty()), requireNonNull(handled));
  }

  /**
   * Returns the foresight of a round that has already begun.
   *
   * @param published how many events had ever been published when the round began, without those
   *     unfinished then
   */
  public static Foresight of(RoundForecast forecast, long published) {
    Foresight foresight = of(forecast, type -> true);
    foresight.publishedBefore = OptionalLong.of(published);
    return foresight;
  }

  /**
   * Returns the work that is still to arrive. The first call determines what was there when the
   * round began, unless that was given.
   *
   * @param stats the queue's statistics now
   * @param elapsed the time since the round began
   * @param expected the failures and delays to plan for
   */
  public Workload arriving(QueueStats stats, Duration elapsed, Expectations expected) {
    if (forecast.isEmpty()) {
      return Workload.none();
    }
    if (publishedBefore.isEmpty()) {
      publishedBefore = OptionalLong.of(stats.published() - stats.unfinished());
    }
    // A store that lost everything counts from zero again.
    long arrived = Math.max(0, stats.published() - publishedBefore.getAsLong());
    double remaining = forecast.get().remaining(arrived, elapsed);
    return remaining < 1
        ? Workload.none()
        : Workload.ofParts(parts(forecast.get(), remaining, stats, expected));
  }

  private List<Workload.Part> parts(
      RoundForecast expectedRound, double remaining, QueueStats stats, Expectations expected) {
    Map<String, Prediction> byType = new TreeMap<>(expectedRound.byType());
    if (byType.isEmpty()) {
      byType.put(EventType.OTHERS.name(), expectedRound.total());
    }
    Map<String, EventType> known = new HashMap<>();
    Map<String, TypeHistory> histories = new HashMap<>();
    stats
        .observed()
        .forEach(
            (type, history) -> {
              known.put(type.name(), type);
              histories.put(type.name(), history);
            });
    stats.pendingByType().keySet().forEach(type -> known.put(type.name(), type));
    List<Workload.Part> parts = new ArrayList<>();
    double due = 0;
    for (Map.Entry<String, Prediction> some : byType.entrySet()) {
      String name = some.getKey();
      // A fraction of an event carries over to the next type.
      due += remaining * some.getValue().mean() / expectedRound.total().mean();
      long events = (long) (due + INEXACT);
      due -= events;
      if (handled.test(name)) {
        EventType type = Optional.ofNullable(known.get(name)).orElseGet(() -> unseen(name));
        parts.add(
            part(type, events, stats)
                .withEstimate(
                    Optional.ofNullable(histories.get(name))
                        .map(seen -> TypeEstimate.of(type, expected, seen))));
      }
    }
    return parts;
  }

  /** Returns a type that this queue has not seen, with the processing time from the forecast. */
  private EventType unseen(String name) {
    EventType declared = EventTypes.standard().get(name);
    return forecast
        .flatMap(each -> Optional.ofNullable(each.secondsByType().get(name)))
        .map(seconds -> Duration.ofMillis(Math.round(seconds.mean() * 1_000)))
        .filter(time -> !time.isZero() && time.compareTo(LONGEST) <= 0)
        .map(declared::withProcessingTime)
        .orElse(declared);
  }

  /** Expects events to weigh what pending ones of their type weigh on average. */
  private static Workload.Part part(EventType type, long events, QueueStats stats) {
    long waiting = stats.pendingByType().getOrDefault(type, 0L);
    if (waiting == 0) {
      return Workload.Part.of(type, events);
    }
    QueueStats.Permits permits = stats.pendingPermits(type);
    return new Workload.Part(
        type,
        events,
        Math.min(
            events * permits.heaviest(),
            (long) Math.ceil((double) permits.total() / waiting * events)),
        permits.heaviest(),
        Optional.empty());
  }
}
