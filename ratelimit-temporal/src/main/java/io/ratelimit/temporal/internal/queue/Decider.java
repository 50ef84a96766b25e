package io.ratelimit.temporal.internal.queue;

import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.engine.Forecasts;
import io.ratelimit.core.internal.engine.Foresight;
import io.ratelimit.core.internal.engine.ScalingController;
import io.ratelimit.core.internal.engine.ScalingMemory;
import io.ratelimit.core.internal.history.RoundTrace;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.Begin;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.Decided;
import io.ratelimit.temporal.internal.wire.LaneCensus;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides everything that the workflow does. All rules are here and none in the workflow, so it
 * replays under any later version of the rules. Reads no clock.
 */
public final class Decider {

  /**
   * The assumed time for an autoscaler to add a process: until it polls, a node has room, and a JVM
   * starts.
   */
  private static final Duration PROCESS_START = Duration.ofMinutes(1);

  private final DecideRequest request;
  private final ManagerCaps caps;
  private final ManagerOptions options;
  private final RoundTerms terms;
  private final String owner;
  private final Optional<String> queueName;
  private final Optional<Forecasts> forecasts;

  /**
   * @param caps the worker's bounds on managers
   * @param owner the owner of demands for a higher limit: the manager, in all of its runs
   * @param queueName the queue's name, if it has one
   * @param retries the workers' retry policy
   * @param forecasts forecasts of rounds, from what this process has learned
   */
  public Decider(
      DecideRequest request,
      ManagerCaps caps,
      String owner,
      Optional<String> queueName,
      RetryPolicy retries,
      Optional<Forecasts> forecasts) {
    this.request = request;
    this.caps = caps;
    this.options = caps.capped(request.options());
    this.terms = options.terms().withRetriesOf(retries);
    this.owner = owner;
    this.queueName = queueName;
    this.forecasts = forecasts;
  }

  /**
   * Returns whether there is nothing to do until somebody publishes, resumes or makes a similar
   * change.
   */
  static boolean isIdle(QueueStats stats) {
    return stats.unfinished() == 0 || isPausedForGood(stats);
  }

  private static boolean isPausedForGood(QueueStats stats) {
    return stats.limit().pause().filter(pause -> pause.until().isEmpty()).isPresent();
  }

  /**
   * Decides, and demands the limit of the decision.
   *
   * @param waited the time from the manager's start to this look
   */
  public Decided decide(QueueStats stats, LaneCensus census, Duration waited, EventQueue queue) {
    Begin begin = request.begin().orElseGet(() -> begin(stats, waited));
    boolean round = options.mode() == ManagerOptions.Mode.ROUND;
    Optional<Instant> due =
        round ? Optional.of(begin.startedAt().plus(terms.deadline())) : Optional.empty();
    ScalingMemory before = request.memory();
    WorkerRange range = range(census);
    ScalingController controller =
        new ScalingController(
            ScalingPolicy.standard(),
            terms.withWorkers(range),
            before,
            round ? foresight(begin) : Foresight.none());
    // Events that apparently nobody handles need neither workers nor a limit.
    QueueStats taken = stats.withoutSetAside(terms.deadline());
    int active = before.previous().map(ScalingDecision::workers).orElse(census.begun());
    ScalingDecision decision =
        due.isPresent()
            ? controller.decide(taken, timeLeft(taken, due), active)
            : controller.decide(taken, active);
    Duration lease = ScalingController.demandLease(terms.decisionInterval());
    controller.apply(decision, stats, queue.limitControl(), owner, lease);
    controller.applyNamed(decision, stats, queue.namedLimitControl(), owner, lease);
    boolean paused = isPausedForGood(stats);
    int lanes = lanes(decision, range);
    long work = stats.pending() + stats.delayed() + soon(stats, controller.memory());
    return new Decided(
        queueName,
        begin,
        due,
        QueueCounters.of(stats),
        QueueLook.queue(stats),
        QueueLook.limit(stats),
        stats.limit().version(),
        largestLimit(stats, decision),
        controller.memory(),
        before.previous().filter(decision::asksTheSameAs).isEmpty(),
        state(stats, decision),
        due.filter(at -> stats.unfinished() == 0 || !stats.observedAt().isBefore(at)).isPresent(),
        !round && isIdle(stats),
        paused ? 0 : lanes,
        paused ? 0 : work,
        Optional.of(
            options
                .eventsPerActivity()
                .orElseGet(
                    () ->
                        Math.min(
                            caps.mostEventsPerActivity(),
                            Share.of(perEvent(controller.memory(), decision), work, lanes)))),
        nextLook(stats, due, census),
        census,
        Optional.of(caps),
        told(),
        Optional.of(
            new ScalingController(
                    ScalingPolicy.standard(),
                    terms.withWorkers(caps.capped(request.workers())),
                    before)
                .needed(
                    taken,
                    timeLeft(taken, due),
                    census.room().orElseGet(census::begun),
                    PROCESS_START)),
        round ? trace(begin, decision, stats) : Optional.empty());
  }

  /** If an earlier version made the first look, the trace would lack its beginning. */
  private Optional<RoundTrace> trace(Begin begin, ScalingDecision decision, QueueStats stats) {
    Optional<RoundTrace> before =
        request.begin().isEmpty()
            ? Optional.of(RoundTrace.begin(begin.startedAt(), stats))
            : request.trace();
    return before.map(seen -> seen.with(decision, stats));
  }

  /**
   * Returns the effective options, with the workers of the latest update, if they differ from those
   * requested.
   */
  private Optional<ManagerOptions> told() {
    WorkerRange workers = caps.capped(request.workers());
    return options.equals(request.options()) && workers.equals(request.workers())
        ? Optional.empty()
        : Optional.of(options.withTerms(options.terms().withWorkers(workers)));
  }

  private static Begin begin(QueueStats stats, Duration waited) {
    Duration sinceStart = waited.isNegative() ? Duration.ZERO : waited;
    return new Begin(stats.observedAt().minus(sinceStart), sinceStart, QueueCounters.of(stats));
  }

  private Foresight foresight(Begin begin) {
    long published = begin.counters().published() - begin.counters().unfinished();
    return forecasts
        .map(each -> Foresight.of(each.forecast(begin.startedAt()), published))
        .orElseGet(Foresight::none);
  }

  private Duration timeLeft(QueueStats stats, Optional<Instant> due) {
    Duration deadline = terms.deadline();
    return due.map(at -> Duration.between(stats.observedAt(), at))
        .orElseGet(() -> stats.oldestPendingAge().map(deadline::minus).orElse(deadline));
  }

  /** Returns the range without lanes beyond the workers' slots: they would only wait. */
  private WorkerRange range(LaneCensus census) {
    WorkerRange wanted = caps.capped(request.workers());
    int max = Math.min(wanted.max(), census.room().orElse(wanted.max()));
    return new WorkerRange(Math.min(wanted.min(), max), max);
  }

  /**
   * Returns the number of lanes. If more than the slots would help, adds one lane, which finds new
   * slots at once.
   */
  private int lanes(ScalingDecision decision, WorkerRange range) {
    boolean moreWouldHelp = decision.constraint() == Constraint.WORKERS;
    boolean mayBeMore = range.max() < caps.capped(request.workers()).max();
    return decision.workers() + (moreWouldHelp && mayBeMore ? 1 : 0);
  }

  /**
   * Returns how many events will be published within the time of an activity, for which lanes may
   * wait; zero while the queue is idle or if the size of activities is configured.
   */
  private long soon(QueueStats stats, ScalingMemory memory) {
    boolean chosen = options.eventsPerActivity().isPresent();
    if (chosen || isIdle(stats) || memory.samples().isEmpty()) {
      return 0;
    }
    long arrived = stats.published() - memory.samples().get(0).published();
    return arrived * Share.SENSIBLE.toMillis() / Math.max(1, options.terms().deadline().toMillis());
  }

  /**
   * Returns the time from one start in a lane to the next: the processing time, or the wait for the
   * limit if it is longer.
   */
  private static Duration perEvent(ScalingMemory memory, ScalingDecision decision) {
    Duration limited =
        decision
            .limit()
            .period()
            .multipliedBy(decision.workers())
            .dividedBy(decision.limit().permits());
    return memory
        .meanProcessingTime()
        .filter(taken -> taken.compareTo(limited) > 0)
        .orElse(limited);
  }

  private int largestLimit(QueueStats stats, ScalingDecision decision) {
    return Math.max(
        request.largestLimit(),
        Math.max(stats.limitInForce().permits(), decision.limit().permits()));
  }

  private static ManagerStatus.State state(QueueStats stats, ScalingDecision decision) {
    if (stats.limit().isPaused(stats.observedAt())) {
      return ManagerStatus.State.PAUSED;
    }
    return decision.mode() == Mode.EMERGENCY
        ? ManagerStatus.State.EMERGENCY
        : ManagerStatus.State.NORMAL;
  }

  private Duration nextLook(QueueStats stats, Optional<Instant> due, LaneCensus census) {
    if (due.isEmpty() && isIdle(stats)) {
      return options.idleInterval();
    }
    Duration interval = terms.decisionInterval();
    Duration next =
        census.begun() == 0 && !isPausedForGood(stats)
            ? shorter(interval, Timeouts.SECOND_LOOK)
            : interval;
    return due.map(at -> shorter(next, Duration.between(stats.observedAt(), at))).orElse(next);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
