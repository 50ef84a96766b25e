package io.ratelimit.core.internal.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.engine.LaneBuilder;
import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.internal.history.HistoryKeeper;
import io.ratelimit.core.queue.EventQueue;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings made in a {@link LaneBuilder}. The library's own builders have access to them; hosts
 * do not.
 *
 * @param name the name in leases, threads and kept rounds
 * @param processor calls the handlers, and retries as the terms say
 * @param history keeps rounds; empty if none are kept
 * @param forecaster forecasts rounds from the history; empty if none are forecast
 */
public record LaneSettings(
    EventQueue queue,
    String name,
    EventProcessor processor,
    AttemptTerms attemptTerms,
    List<EngineListener> listeners,
    Optional<RoundHistory> history,
    Optional<Forecaster> forecaster) {

  private static volatile @Nullable Function<LaneBuilder<?>, LaneSettings> way;

  /** Copies the listeners. */
  public LaneSettings {
    listeners = List.copyOf(listeners);
  }

  /** Receives the access from {@link LaneBuilder}, once. */
  public static void reachedBy(Function<LaneBuilder<?>, LaneSettings> newWay) {
    way = requireNonNull(newWay, "way");
  }

  /**
   * Returns the settings so far.
   *
   * @throws IllegalStateException if there is no handler, or no time is left for one after its
   *     events have waited for their batch
   */
  public static LaneSettings in(LaneBuilder<?> builder) {
    // A builder's class has been loaded, and has provided the access.
    return requireNonNull(way, "way").apply(builder);
  }

  /** Returns a new keeper of rounds; empty without a history. */
  public Optional<HistoryKeeper> keeper() {
    return history.map(HistoryKeeper::new);
  }

  /** Returns forecasts that have learned nothing yet; empty without a history or a forecaster. */
  public Optional<Forecasts> forecasts() {
    return history.flatMap(
        kept -> forecaster.map(chosen -> new Forecasts(kept, chosen, queue.name())));
  }
}
