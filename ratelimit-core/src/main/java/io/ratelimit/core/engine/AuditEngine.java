package io.ratelimit.core.engine;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.internal.engine.EngineSettings;
import io.ratelimit.core.internal.engine.Forecasts;
import io.ratelimit.core.internal.engine.Foresight;
import io.ratelimit.core.internal.engine.LaneSettings;
import io.ratelimit.core.internal.engine.Listeners;
import io.ratelimit.core.internal.engine.Session;
import io.ratelimit.core.internal.history.HistoryKeeper;
import io.ratelimit.core.internal.history.RoundObserver;
import io.ratelimit.core.internal.queue.RequestIds;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.internal.report.RoundRecorder;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Drains an {@link EventQueue} in threads of this JVM, with no more workers than it needs.
 *
 * <pre>{@code
 * EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
 * AuditEngine engine = AuditEngine.builder(queue)
 *     .handler(exchange::audit)
 *     .workers(1, 10)
 *     .deadline(Duration.ofMinutes(3))
 *     .emergencyLimit(RateLimit.of(60).perMinute())
 *     .build();
 * queue.publish(events);
 * RoundReport report = engine.runRound();
 * }</pre>
 *
 * <p>Either call {@link #runRound()} for each round, or {@link #start()} once for a service that
 * runs until {@link #stop()} or {@link #close()}. Engines in any number of processes may share one
 * queue; the limit holds over all of them, and each scales its own workers.
 *
 * <p>Guarantees: each worker handles one event at a time; events are started only as the queue's
 * limit allows; a failed event never stops another; a failure of the engine itself is reported to
 * the listeners and retried. An engine holds as many events as it has workers. While its blocking
 * handlers have all been quick (10 µs), it takes up to 100 more ahead. An event taken ahead begins
 * about a millisecond later, or is released after about 10 ms if an attempt turns out to be slow;
 * its permit is spent either way. Thread-safe.
 */
public final class AuditEngine implements AutoCloseable {

  private final EngineSettings settings;
  private final List<EngineListener> listeners;
  private final Optional<HistoryKeeper> history;
  private final Optional<Forecasts> forecasts;
  private final Time time;
  private final Object lock = new Object();
  private @Nullable Session session;
  private boolean closed;

  private AuditEngine(EngineSettings settings, LaneSettings lanes) {
    this.settings = settings;
    this.listeners = lanes.listeners();
    this.history = lanes.keeper();
    this.forecasts = lanes.forecasts();
    this.time = settings.queue().time();
  }

  /** Prepares an engine for a queue. Closing the engine leaves the queue open. */
  public static Builder builder(EventQueue queue) {
    return new Builder(queue);
  }

  /**
   * Processes events until none that this engine has a handler for is left unfinished, or until the
   * deadline, whichever comes first. Events in hand at the deadline may finish within the grace
   * period; all others stay in the queue. The report covers everything that happened on the queue
   * in the meantime, and says whether others worked on it too. The round ends early if the engine
   * is closed or the calling thread is interrupted; the interrupt status then stays set.
   *
   * @return what happened
   * @throws IllegalStateException if the engine is already working or closed, or if the queue is
   *     closed
   * @throws io.ratelimit.core.queue.QueueException if the queue fails at the start of the round, in
   *     which case nothing was done, or when it is read at the end
   */
  @CanIgnoreReturnValue
  public RoundReport runRound() {
    QueueStats before = settings.queue().stats();
    Instant startedAt = time.now();
    Instant due = startedAt.plus(settings.terms().deadline());
    Recording recording =
        new Recording(
            new RoundRecorder(before, settings.terms().deadline()),
            history.map(keeper -> new RoundObserver(before)));
    Session round =
        begin(
            recording,
            Optional.of(() -> Duration.between(time.now(), due)),
            foresight(before.observedAt()));
    round.awaitDrained(due);
    Instant endedAt = time.now();
    end(round);
    // Events in hand at the deadline may have been finished since.
    Instant until = endedAt.isBefore(due) ? endedAt : time.now();
    QueueStats after = settings.queue().stats();
    RoundReport report = recording.recorder.report(Duration.between(startedAt, until), after, 0);
    recording.observer.ifPresent(
        observer -> keep(observer, recording.recorder.attempts(), report, after));
    return report;
  }

  private void keep(
      RoundObserver observer, AttemptTally attempts, RoundReport report, QueueStats after) {
    history
        .orElseThrow()
        .keep(
            () ->
                observer.record(settings.queue().name(), settings.name(), attempts, report, after));
    // Learn between rounds, when nobody waits. The first round of a process has no forecast.
    forecasts.ifPresent(each -> each.learn(after.observedAt()));
  }

  private Foresight foresight(Instant startedAt) {
    WantedTypes handled = settings.processor().handledTypes();
    return forecasts
        .map(each -> Foresight.of(each.forecast(startedAt), handled::includes))
        .orElseGet(Foresight::none);
  }

  /**
   * Reads the rounds that the history has kept since the last reading, and forecasts a round that
   * begins now, so that you can plan it before its events arrive. Call this before the first round
   * of a process to forecast that round too. Blocks as long as the history does. If the history
   * cannot be read, the forecast uses what was learned before, and {@link #health()} has a note.
   *
   * @return the forecast; empty if the engine has no history or makes no forecasts
   */
  public Optional<RoundForecast> forecast() {
    return forecasts.map(
        each -> {
          each.learn(time.now());
          return each.forecast(time.now());
        });
  }

  /**
   * Starts the engine and returns at once. The deadline then counts from the publication of the
   * oldest waiting event.
   *
   * @throws IllegalStateException if the engine is working already or closed, or if the queue is
   *     closed
   * @throws io.ratelimit.core.queue.QueueException if the queue fails; the engine can be started
   *     again
   */
  public void start() {
    begin(null, Optional.empty(), Foresight.none());
  }

  @CanIgnoreReturnValue
  private Session begin(
      @Nullable EngineListener recording,
      Optional<Supplier<Duration>> timeLeft,
      Foresight foresight) {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the engine is closed");
      }
      if (session != null) {
        throw new IllegalStateException(
            "the engine is already working: only one round can run at a time, and none"
                + " after start()");
      }
      List<EngineListener> all = new ArrayList<>(listeners);
      if (recording != null) {
        all.add(recording);
      }
      Session beginning =
          new Session(settings, new Listeners(all, settings.queue().time()), timeLeft, foresight);
      beginning.start();
      session = beginning;
      return beginning;
    }
  }

  /** A handler or a listener that ends its own engine cannot wait for itself. */
  private void end(Session ending) {
    if (ending.isCurrent()) {
      time.execute(
          task -> new Thread(task, settings.name() + "-end").start(), () -> endAndWait(ending));
    } else {
      endAndWait(ending);
    }
  }

  private void endAndWait(Session ending) {
    try {
      ending.stop();
    } finally {
      synchronized (lock) {
        if (session == ending) {
          session = null;
        }
      }
    }
  }

  /** Returns whether a round is running, or the engine was started and has not stopped yet. */
  public boolean isWorking() {
    synchronized (lock) {
      return session != null;
    }
  }

  /** Returns the engine's current health. */
  public EngineHealth health() {
    EngineHealth health;
    synchronized (lock) {
      health =
          session == null
              ? new EngineHealth(
                  EngineHealth.Status.DOWN,
                  List.of(closed ? "closed" : "not started"),
                  Optional.empty(),
                  Optional.empty(),
                  0,
                  0,
                  Map.of(),
                  settings.queue().notes())
              : session.health();
    }
    List<String> notes = new ArrayList<>();
    history.ifPresent(keeper -> notes.addAll(keeper.notes()));
    forecasts.ifPresent(each -> notes.addAll(each.notes()));
    return notes.isEmpty() ? health : health.withNotes(notes);
  }

  /**
   * Stops gracefully: takes no more events, lets events in hand finish within the grace period,
   * then interrupts their handlers and gives the events back. Returns when this is complete; if a
   * handler or a listener of this engine calls it, it returns at once and the engine stops
   * afterward. A round ends early. The engine can be started again. Does nothing if the engine is
   * not working.
   */
  public void stop() {
    Session ending;
    synchronized (lock) {
      ending = session;
    }
    if (ending != null) {
      end(ending);
    }
  }

  /** Stops as {@link #stop()} does, for good. Closing again does nothing. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    stop();
    history.ifPresent(HistoryKeeper::close);
  }

  /** Passes the engine's notifications on to the recorder and the observer. */
  private record Recording(RoundRecorder recorder, Optional<RoundObserver> observer)
      implements EngineListener {
    @Override
    public void attemptFinished(
        Lease lease, int lane, AttemptOutcome outcome, Duration processing, Settlement settlement) {
      recorder.attemptFinished(lease, outcome, processing, settlement);
      observer.ifPresent(seeing -> seeing.attemptFinished(lease, outcome, settlement));
    }

    @Override
    public void decided(ScalingDecision decision, QueueStats stats) {
      recorder.decided(decision, stats);
      observer.ifPresent(seeing -> seeing.decided(decision, stats));
    }
  }

  /**
   * Configures an engine. A duration of more than a hundred years counts as a hundred years. Not
   * thread-safe.
   */
  public static final class Builder extends LaneBuilder<Builder> {
    private final EventQueue queue;
    private RoundTerms terms = RoundTerms.DEFAULT;
    private ScalingPolicy policy = ScalingPolicy.standard();
    private Optional<RateLimit> limitPerWorker = Optional.empty();

    private Builder(EventQueue queue) {
      super(queue, "engine", Optional.empty());
      this.queue = queue;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Sets all terms of a round at once and replaces those set before; {@link RoundTerms#DEFAULT}
     * by default. The other methods change one term each.
     */
    @CanIgnoreReturnValue
    public Builder terms(RoundTerms newTerms) {
      this.terms = requireNonNull(newTerms, "terms");
      return this;
    }

    /**
     * Sets how many workers there may be; 1 to 10 by default.
     *
     * @throws IllegalArgumentException unless 1 ≤ min ≤ max
     */
    @CanIgnoreReturnValue
    public Builder workers(int min, int max) {
      this.terms = terms.withWorkers(new WorkerRange(min, max));
      return this;
    }

    /**
     * Sets the policy that decides how many workers there are; {@link ScalingPolicy#standard()} by
     * default.
     */
    @CanIgnoreReturnValue
    public Builder scalingPolicy(ScalingPolicy newPolicy) {
      this.policy = requireNonNull(newPolicy, "policy");
      return this;
    }

    /**
     * Sets how far the limit may be raised when the deadline is in danger; by default it is never
     * raised.
     */
    @CanIgnoreReturnValue
    public Builder emergencyLimit(RateLimit limit) {
      this.terms = terms.withEmergencyLimit(limit);
      return this;
    }

    /**
     * Sets a separate limit for each worker, in addition to the queue's. This is a token bucket
     * (Bucket4j): after an idle time, a worker may start up to burst events at once, so a window
     * may hold permits + burst of its starts; with the default burst of 1, they are evenly spaced.
     * It protects a worker's resources; the limit of an API belongs to the queue.
     */
    @CanIgnoreReturnValue
    public Builder limitPerWorker(RateLimit limit) {
      this.limitPerWorker = Optional.of(limit);
      return this;
    }

    /** Sets the failures and delays to plan for; none by default. */
    @CanIgnoreReturnValue
    public Builder expectations(Expectations newExpectations) {
      this.terms = terms.withExpectations(newExpectations);
      return this;
    }

    /**
     * Sets how long a round may take; 3 minutes by default.
     *
     * @throws IllegalArgumentException if the deadline is not positive
     */
    @CanIgnoreReturnValue
    public Builder deadline(Duration newDeadline) {
      this.terms = terms.withDeadline(newDeadline);
      return this;
    }

    /**
     * Sets how often the engine decides on limit and workers while there is work; 1 s by default.
     *
     * @throws IllegalArgumentException if the interval is not positive
     */
    @CanIgnoreReturnValue
    public Builder decisionInterval(Duration interval) {
      this.terms = terms.withDecisionInterval(interval);
      return this;
    }

    /**
     * Creates the engine.
     *
     * @throws IllegalStateException if there is no handler
     * @throws IllegalArgumentException if the emergency limit is slower than the normal limit of an
     *     {@link InMemoryEventQueue}; the limit in a store is not checked
     */
    public AuditEngine build() {
      if (queue instanceof InMemoryEventQueue inMemory) {
        RateLimit unused = terms.fastest(inMemory.limitControl().settings().normal());
      }
      LaneSettings lanes = LaneSettings.in(this);
      return new AuditEngine(
          new EngineSettings(
              queue,
              lanes.name(),
              new RequestIds(),
              lanes.processor(),
              terms.withRetriesOf(lanes.attemptTerms().retryPolicy()),
              policy,
              limitPerWorker,
              lanes.attemptTerms()),
          lanes);
    }
  }
}
