package io.ratelimit.core.engine;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.forecast.Forecaster;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.handler.HandlerBuilder;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.engine.LaneSettings;
import io.ratelimit.core.internal.handler.Chosen;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.queue.EventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Configures what everything that runs lanes over a queue has in common, engines and Temporal
 * worker processes alike, as part of the builder of each: handlers, the terms of an attempt,
 * listeners, and the history of rounds. A duration of more than a hundred years counts as a hundred
 * years. Not thread-safe.
 *
 * @param <B> the builder
 */
public abstract class LaneBuilder<B extends LaneBuilder<B>> extends HandlerBuilder<B> {

  static {
    LaneSettings.reachedBy(LaneBuilder::settings);
  }

  private final EventQueue queue;
  private final Optional<Duration> longestHandlerTimeout;
  private final List<EngineListener> listeners = new ArrayList<>();
  private String name;
  private AttemptTerms attemptTerms = AttemptTerms.DEFAULT;
  private Optional<RoundHistory> history = Optional.empty();
  private Optional<Forecaster> forecaster = Optional.of(Forecaster.standard());

  /**
   * Creates the settings of one of this library's builders.
   *
   * @param queue where the lanes take events
   * @param name the name by default
   * @param longestHandlerTimeout the longest handler timeout that can be chosen; empty: any
   */
  protected LaneBuilder(EventQueue queue, String name, Optional<Duration> longestHandlerTimeout) {
    this.queue = requireNonNull(queue, "queue");
    this.name = requireNonNull(name, "name");
    this.longestHandlerTimeout = requireNonNull(longestHandlerTimeout, "longestHandlerTimeout");
  }

  private LaneSettings settings() {
    EventProcessor processor = Chosen.in(this).retryPolicy(attemptTerms.retryPolicy()).build();
    processor.requireTimeToHandle(attemptTerms.handlerTimeout());
    return new LaneSettings(queue, name, processor, attemptTerms, listeners, history, forecaster);
  }

  /**
   * Sets the name in leases, threads and kept rounds, for people to read; {@code engine} or {@code
   * worker} by default.
   *
   * @throws IllegalArgumentException if the name is blank
   */
  @CanIgnoreReturnValue
  public final B name(String newName) {
    this.name = Requirements.notBlank("name", newName);
    return self();
  }

  /**
   * Sets all terms of an attempt at once, instead of those given before; {@link
   * AttemptTerms#DEFAULT} by default. The other methods change one of them.
   *
   * @throws IllegalArgumentException if {@link #handlerTimeout} refuses theirs
   */
  @CanIgnoreReturnValue
  public final B attemptTerms(AttemptTerms newTerms) {
    requireNonNull(newTerms, "attemptTerms");
    requireNotTooLong(newTerms.handlerTimeout());
    this.attemptTerms = newTerms;
    return self();
  }

  /** Sets whether and when failed attempts are retried; {@link RetryPolicy#DEFAULT} by default. */
  @CanIgnoreReturnValue
  public final B retryPolicy(RetryPolicy retryPolicy) {
    this.attemptTerms = attemptTerms.withRetryPolicy(retryPolicy);
    return self();
  }

  /**
   * Sets how long an attempt may take before it is interrupted and fails; 1 minute by default. A
   * handler that does not return within 2 s after the interrupt is abandoned: another worker takes
   * its place, and its thread keeps running unattended.
   *
   * @throws IllegalArgumentException if the timeout is not more than zero, or, in a Temporal worker
   *     process, longer than 24 hours
   */
  @CanIgnoreReturnValue
  public final B handlerTimeout(Duration timeout) {
    requireNotTooLong(timeout);
    this.attemptTerms = attemptTerms.withHandlerTimeout(timeout);
    return self();
  }

  private void requireNotTooLong(Duration handlerTimeout) {
    longestHandlerTimeout.ifPresent(
        longest -> Requirements.positive("handler timeout", handlerTimeout, longest));
  }

  /**
   * Sets how long an event is held without a sign of life; 15 s by default. It is extended while
   * the handler runs, so this bounds only how long a crash delays the events in hand.
   *
   * @throws IllegalArgumentException if the lease is not more than zero
   */
  @CanIgnoreReturnValue
  public final B lease(Duration newLease) {
    this.attemptTerms = attemptTerms.withLease(newLease);
    return self();
  }

  /**
   * Sets how long events in hand may continue when the engine or worker process stops; 30 s by
   * default.
   *
   * @throws IllegalArgumentException if the grace is negative
   */
  @CanIgnoreReturnValue
  public final B shutdownGrace(Duration grace) {
    this.attemptTerms = attemptTerms.withShutdownGrace(grace);
    return self();
  }

  /**
   * Adds a listener to what happens here. In a Temporal worker process these are attempts, not
   * decisions, which managers make. May be called several times.
   */
  @CanIgnoreReturnValue
  public final B listener(EngineListener listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return self();
  }

  /**
   * Keeps rounds in a history; by default none is kept. An engine keeps each round of {@link
   * AuditEngine#runRound()}, in the thread that runs it. A Temporal worker process keeps the rounds
   * of managers that end with it, which may be any worker process of their task queue, so all of
   * them should have the same history. A history that fails fails no round: what it did not keep is
   * handed to it again when the next round ends, or the engine or worker process is closed, and
   * {@link AuditEngine#health()} or {@code RateLimitWorker.historyNotes()} has a note. The history
   * stays the caller's.
   *
   * <p>Rounds are then forecast from it, by {@link Forecaster#standard()} unless another way is
   * chosen: what is likely to come before the deadline counts as if it waited already, so that an
   * emergency begins earlier and lower. The limit is raised no further than the emergency limit
   * allows. While the latest forecasts were off by more than {@link RoundForecast#WORST_ERROR},
   * decisions only react, and the health of an engine has a note. An engine reads the history when
   * a round has ended: the first round of a process goes without a forecast, unless {@link
   * AuditEngine#forecast()} was called before. A Temporal worker process reads it when a manager
   * looks at its queue for the first time.
   */
  @CanIgnoreReturnValue
  public final B history(RoundHistory newHistory) {
    this.history = Optional.of(newHistory);
    return self();
  }

  /** Sets how rounds are forecast; {@link Forecaster#standard()} by default. Needs a history. */
  @CanIgnoreReturnValue
  public final B forecaster(Forecaster newForecaster) {
    this.forecaster = Optional.of(newForecaster);
    return self();
  }

  /** Forecasts nothing: decisions are made on what is there. */
  @CanIgnoreReturnValue
  public final B withoutForecasts() {
    this.forecaster = Optional.empty();
    return self();
  }
}
