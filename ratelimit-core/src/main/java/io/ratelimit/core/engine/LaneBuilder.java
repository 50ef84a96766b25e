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
 * Configures what engines and Temporal worker processes have in common because both run lanes:
 * handlers, the terms of an attempt, listeners, and the history of rounds. The builder of each
 * extends this class. A duration of more than a hundred years counts as a hundred years. Not
 * thread-safe.
 *
 * @param <B> the type of the builder
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
   * Creates the common part of one of this library's builders.
   *
   * @param queue the queue that the lanes take events from
   * @param name the default name
   * @param longestHandlerTimeout the longest allowed handler timeout; empty if there is none
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
   * Sets all terms of an attempt at once and replaces those set before; {@link
   * AttemptTerms#DEFAULT} by default. The other methods change one term each.
   *
   * @throws IllegalArgumentException if {@link #handlerTimeout} rejects their handler timeout
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
   * @throws IllegalArgumentException if the timeout is not positive or, in a Temporal worker
   *     process, is longer than 24 hours
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
   * Sets how long a lease lasts unless it is extended; 15 s by default. The lease is extended while
   * the handler runs, so this bounds only how long a crash delays the events in hand.
   *
   * @throws IllegalArgumentException if the lease is not positive
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
   * Adds a listener. In a Temporal worker process, listeners learn of attempts but not of
   * decisions, which managers make. May be called several times.
   */
  @CanIgnoreReturnValue
  public final B listener(EngineListener listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return self();
  }

  /**
   * Keeps rounds in a history; none is kept by default. An engine keeps each round of {@link
   * AuditEngine#runRound()}, in the thread that runs it. A Temporal worker process keeps the rounds
   * of managers that end in it. A manager may end in any worker process of its task queue, so give
   * all of them the same history. A failing history never fails a round: rounds that were not kept
   * are appended again when the next round ends, or when the engine or worker process is closed,
   * and {@link AuditEngine#health()} or {@code RateLimitWorker.historyNotes()} has a note. The
   * history stays the caller's.
   *
   * <p>Rounds are then forecast from the history, with {@link Forecaster#standard()} unless you set
   * another forecaster. Events that are likely to arrive before the deadline count as if they were
   * already waiting, so an emergency begins earlier and raises the limit less. The limit is never
   * raised beyond the emergency limit. While the latest forecasts were off by more than {@link
   * RoundForecast#WORST_ERROR}, decisions only react, and the health of an engine has a note. An
   * engine reads the history when a round has ended, so the first round of a process has no
   * forecast unless {@link AuditEngine#forecast()} was called before it. A Temporal worker process
   * reads the history when a manager first reads its queue.
   */
  @CanIgnoreReturnValue
  public final B history(RoundHistory newHistory) {
    this.history = Optional.of(newHistory);
    return self();
  }

  /** Sets the forecaster of rounds; {@link Forecaster#standard()} by default. Needs a history. */
  @CanIgnoreReturnValue
  public final B forecaster(Forecaster newForecaster) {
    this.forecaster = Optional.of(newForecaster);
    return self();
  }

  /** Turns forecasts off: decisions consider only events that have arrived. */
  @CanIgnoreReturnValue
  public final B withoutForecasts() {
    this.forecaster = Optional.empty();
    return self();
  }
}
