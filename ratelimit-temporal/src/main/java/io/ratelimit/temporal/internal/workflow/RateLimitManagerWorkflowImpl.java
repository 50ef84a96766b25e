package io.ratelimit.temporal.internal.workflow;

import io.ratelimit.core.internal.engine.ScalingMemory;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.Decided;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.Labels;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import io.ratelimit.temporal.internal.wire.LaneResult;
import io.ratelimit.temporal.internal.wire.LimitChange;
import io.ratelimit.temporal.internal.wire.ManagerSummary;
import io.ratelimit.temporal.internal.wire.ReportRequest;
import io.ratelimit.temporal.internal.wire.WatchRequest;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerEnd;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The workflow: a thin shell without rules of its own. An activity looks at the queue and decides;
 * the workflow carries out the decision, manages the lanes, and passes on messages. Replay needs
 * only the recorded decisions, and no policy.
 *
 * <p>If you change the order of activities, timers or memos, keep the old order for running
 * managers, behind {@link Workflow#getVersion}.
 */
final class RateLimitManagerWorkflowImpl {

  private static final int RECENT_DECISIONS = 10;

  private static final int ERROR_BYTES = 300;

  private static final Logger LOG = Workflow.getLogger(RateLimitManagerWorkflowImpl.class);

  private final ActivityCalls queue;
  private final WorkflowLanes lanes;
  private final TickTimer timer = new TickTimer(() -> lookDue = true);
  private final SummaryMemo memo = new SummaryMemo();
  private final Instant startedAt;
  private final List<ScalingDecision> decisions;
  private final int runs;
  private ManagerOptions options;
  private WorkerRange workers;
  private Optional<Decided> seen;
  private AttemptTally tally;
  private long laneFailures;
  private Duration unattended;
  private Optional<ManagerStatus.Unreachable> unreachable;
  private boolean stopping;
  private int looks;
  private long toBeStarted;
  private int failedSinceLook;
  private boolean endedSinceLook;
  private boolean lookDue;
  private boolean laneEnded;
  private boolean watching;

  /**
   * Prepares a run.
   *
   * @param options the manager's options
   * @param carried the state of the previous run; null in the first
   * @param calls the options of activities
   */
  RateLimitManagerWorkflowImpl(
      ManagerOptions options, @Nullable ManagerState carried, CallOptions calls) {
    ManagerState state =
        carried == null
            ? ManagerState.first(
                options, Instant.ofEpochMilli(Workflow.getInfo().getRunStartedTimestampMillis()))
            : carried;
    this.options = options;
    this.queue = new ActivityCalls(calls, () -> this.options.queue());
    this.lanes = new WorkflowLanes(this::drain, state.outgoing(), this::request, new LaneEnds());
    this.startedAt = state.startedAt();
    this.workers = state.workers();
    this.seen = state.lastSeen();
    this.decisions = new ArrayList<>(state.decisions());
    this.tally = state.tally();
    this.laneFailures = state.laneFailures();
    this.unattended = state.unattended();
    this.unreachable = state.unreachable();
    this.runs = state.runs();
  }

  /** Runs a round, or a service until it is stopped. */
  RoundReport run() {
    try {
      while (true) {
        look();
        if (isOver()) {
          return end();
        }
        memo.update(summary(Optional.empty()));
        Workflow.setCurrentDetails(Labels.now(status()));
        workUntilNextLook();
        if (isHistoryLong() && !stopping && Workflow.isEveryHandlerFinished()) {
          continueAsNew();
        }
      }
    } catch (CanceledFailure cancelled) {
      CancellationScope cleanUp = Workflow.newDetachedCancellationScope(this::leave);
      cleanUp.run();
      throw cancelled;
    }
  }

  /**
   * Looks at the queue by an activity. If the queue cannot be read, everything stays as it is:
   * unreadable does not mean empty.
   */
  private void look() {
    looks++;
    lookDue = false;
    if (failedSinceLook > 1) {
      LOG.warn("{} more lanes failed or did not begin before this reading", failedSinceLook - 1);
    }
    failedSinceLook = 0;
    endedSinceLook = false;
    Duration late = timer.late();
    if (late.compareTo(Timeouts.UNATTENDED) >= 0) {
      unattended = unattended.plus(late);
    }
    try {
      saw(queue.decide(question()));
    } catch (ActivityFailure away) {
      String error = AttemptTally.cut(error(away), ERROR_BYTES);
      LOG.warn("the queue cannot be reached; lanes and limit stay as they are: {}", error);
      Instant since = unreachable.map(ManagerStatus.Unreachable::since).orElse(WorkflowLanes.now());
      unreachable = Optional.of(new ManagerStatus.Unreachable(since, error));
    }
  }

  private DecideRequest question() {
    return new DecideRequest(
        options,
        workers,
        startedAt,
        seen.map(Decided::begin),
        seen.map(Decided::memory).orElse(ScalingMemory.NONE),
        seen.map(Decided::largestLimit).orElse(0),
        lanes.outgoing(),
        lanes.slots(),
        seen.flatMap(Decided::trace));
  }

  private void saw(Decided decided) {
    if (seen.isEmpty() && decided.begin().waited().compareTo(Timeouts.UNATTENDED) >= 0) {
      unattended = unattended.plus(decided.begin().waited());
    }
    Optional<ManagerOptions> cappedBefore = seen.flatMap(Decided::capped);
    if (decided.capped().isPresent() && !decided.capped().equals(cappedBefore)) {
      LOG.warn("the worker allows less than was requested; in force is {}", decided.capped());
    }
    seen = Optional.of(decided);
    // From now on, the manager is bound to this queue, whatever other queue a worker may serve.
    if (options.queue().isEmpty()) {
      options = decided.queueName().map(options::withQueue).orElse(options);
    }
    unreachable = Optional.empty();
    toBeStarted = decided.startable();
    lanes.keepOutgoing(decided.census().outgoing());
    if (decided.news()) {
      decisions.add(decided.decision());
      if (decisions.size() > ManagerState.MOST_DECISIONS) {
        decisions.remove(0);
      }
      LOG.info("{}", decided.decision().explanation());
    }
  }

  /** Returns the queue's message, or the timeout that expired. */
  private static String error(ActivityFailure failure) {
    Throwable last = failure;
    while (last.getCause() != null && !(last instanceof ApplicationFailure)) {
      last = last.getCause();
    }
    String message =
        last instanceof ApplicationFailure thrown ? thrown.getOriginalMessage() : last.getMessage();
    return message == null ? last.getClass().getSimpleName() : message;
  }

  /**
   * Returns whether the round is over: according to the queue, or because its time is up while the
   * queue cannot be reached.
   */
  private boolean isOver() {
    boolean over = unreachable.isEmpty() && seen.filter(Decided::over).isPresent();
    boolean given = isRound() && unreachable.isPresent() && untilDeadline().isZero();
    return stopping || over || given;
  }

  /** Returns how long a round has left by Temporal's clock; zero when its time is up. */
  private Duration untilDeadline() {
    Instant now = WorkflowLanes.now();
    Duration left = Duration.between(now, startedAt.plus(options.terms().deadline()));
    return left.isNegative() ? Duration.ZERO : left;
  }

  private boolean isRound() {
    return options.mode() == ManagerOptions.Mode.ROUND;
  }

  private boolean isHistoryLong() {
    return Workflow.getInfo().isContinueAsNewSuggested()
        || (options.decisionsPerRun() > 0 && looks >= options.decisionsPerRun());
  }

  private void workUntilNextLook() {
    if (isIdle()) {
      timer.stop();
      watch(seen.orElseThrow());
    } else {
      timer.setDueIn(untilNextLook());
    }
    while (!lookDue) {
      laneEnded = false;
      startLanes();
      // Lanes that were busy when the queue was last read may have emptied it.
      if (endedSinceLook && lanes.active() == 0) {
        break;
      }
      Workflow.await(() -> lookDue || laneEnded);
    }
  }

  private boolean isIdle() {
    return unreachable.isEmpty() && lanes.active() == 0 && seen.filter(Decided::idle).isPresent();
  }

  /** Returns the effective options: a worker may allow less than requested. */
  private ManagerOptions effective() {
    return seen.flatMap(Decided::capped).orElse(options);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private Duration untilNextLook() {
    Duration interval = effective().terms().decisionInterval();
    if (unreachable.isPresent()) {
      interval = longer(interval, ManagerCaps.SHORTEST_INTERVAL);
      Duration left = untilDeadline();
      return isRound() && left.compareTo(interval) < 0 ? left : interval;
    }
    return seen.filter(decided -> !decided.idle()).map(Decided::nextLook).orElse(interval);
  }

  /** Waits for work in an activity, which adds no history and few billed actions. */
  private void watch(Decided idle) {
    if (watching) {
      return;
    }
    watching = true;
    WatchRequest request = new WatchRequest(idle.limitVersion(), idle.nextLook());
    Promise<Void> unused =
        queue
            .watch(request, idle.nextLook())
            .handle(
                (noticed, failure) -> {
                  watching = false;
                  lookDue = true;
                  return null;
                });
  }

  private void startLanes() {
    int wanted = seen.map(Decided::lanes).orElse(0) - failedSinceLook;
    while (lanes.active() < wanted && toBeStarted > 0) {
      lanes.startOne();
      toBeStarted -= share();
    }
  }

  private int share() {
    return seen.flatMap(Decided::share).or(effective()::eventsPerActivity).orElse(1);
  }

  private Promise<LaneResult> drain(LaneRequest request) {
    return queue.drain(request, seen.filter(d -> d.census().alone()).isPresent());
  }

  private LaneRequest request(int lane, String id) {
    return new LaneRequest(
        options.queue(),
        lane,
        id,
        share(),
        effective().terms().decisionInterval(),
        isRound(),
        seen.flatMap(Decided::due),
        effective().shutdownGrace());
  }

  private final class LaneEnds implements WorkflowLanes.Listener {

    @Override
    public void laneEnded(LaneResult result) {
      woken();
      tally = tally.plus(result.tally());
      if (result.end() == LaneResult.End.EMPTY) {
        lookDue = true;
      }
    }

    @Override
    public void laneNotBegun() {
      woken();
      failedSinceLook++;
    }

    @Override
    public void laneFailed(Exception failure) {
      // If their store is unreachable, all of them fail.
      if (failedSinceLook == 0) {
        LOG.warn("a lane failed; another takes its place at the next reading", failure);
      }
      woken();
      failedSinceLook++;
      laneFailures++;
    }

    private void woken() {
      laneEnded = true;
      endedSinceLook = true;
    }
  }

  /** Active lanes continue: the next run counts them until it learns that they have ended. */
  private void continueAsNew() {
    // Otherwise, lists would not know the new run until its first look.
    ContinueAsNewOptions next =
        ContinueAsNewOptions.newBuilder()
            .setMemo(Map.of(ManagerTypes.MEMO, Json.raw(summary(Optional.empty()))))
            .build();
    Workflow.continueAsNew(
        next,
        Json.raw(options),
        Json.raw(
            new ManagerState(
                startedAt,
                workers,
                seen,
                decisions,
                tally,
                laneFailures,
                unattended,
                unreachable,
                lanes.handedOver(),
                runs + 1)));
  }

  private RoundReport end() {
    boolean stopped = stopping;
    // Lanes that cannot reach their queue are retried forever; others leave at the deadline.
    if (stopping || unreachable.isPresent()) {
      lanes.cancelAll();
    }
    leave();
    Decided last = seen.orElseThrow(this::neverReached);
    RoundReport report =
        queue.report(
            new ReportRequest(
                options.terms().deadline(),
                last.begin(),
                last.counters(),
                tally,
                decisions,
                last.largestLimit(),
                unattended,
                last.trace()));
    Workflow.await(Workflow::isEveryHandlerFinished);
    memo.write(summary(Optional.of(ManagerEnd.of(options.mode(), stopped, report))));
    return report;
  }

  private ApplicationFailure neverReached() {
    return ApplicationFailure.newNonRetryableFailure(
        "the manager never reached its queue within "
            + Duration.between(startedAt, WorkflowLanes.now())
            + ": "
            + unreachable.map(ManagerStatus.Unreachable::error).orElse("it was stopped before"),
        ManagerTypes.QUEUE_UNREACHABLE);
  }

  /**
   * Ends the lanes: they leave by themselves if their round is drained or due, and are cancelled
   * otherwise.
   */
  private void leave() {
    stopping = true;
    lanes.awaitNone(effective().shutdownGrace());
  }

  /** Stops all starts until {@link #resume}, by any client of the queue. */
  LimitSettings pause() {
    return apply(LimitChange.of(LimitChange.Kind.PAUSE));
  }

  /** Ends a pause. */
  LimitSettings resume() {
    return apply(LimitChange.of(LimitChange.Kind.RESUME));
  }

  /** Stops the manager gracefully: lanes may finish their events within the grace period. */
  ManagerStatus stop() {
    stopping = true;
    lookDue = true;
    return status();
  }

  /** Changes the normal limit of the queue. */
  LimitSettings changeLimit(RateLimit newLimit) {
    return apply(LimitChange.to(newLimit));
  }

  private LimitSettings apply(LimitChange change) {
    LimitSettings settings = queue.applyLimit(change);
    lookDue = true;
    return settings;
  }

  /** Changes the range of lanes. */
  WorkerRange setWorkers(WorkerRange range) {
    workers = range;
    lookDue = true;
    return workers;
  }

  /** Rejects updates that {@link #setWorkers} cannot carry out. */
  void validateSetWorkers(WorkerRange range) {
    seen.flatMap(Decided::caps).orElse(ManagerCaps.DEFAULT).requireWithin(range);
    refuseWhenStopping();
  }

  /** Rejects updates while the manager is stopping. */
  void refuseWhenStopping() {
    if (stopping) {
      throw new IllegalStateException("the manager is stopping");
    }
  }

  /** Returns the status of the manager. */
  ManagerStatus status() {
    Optional<ScalingDecision> decision = seen.map(Decided::decision);
    int waiting = Math.min(lanes.active(), seen.map(d -> d.census().waiting()).orElse(0));
    return new ManagerStatus(
        options.queue(),
        state(),
        options.mode(),
        seen.map(d -> d.begin().startedAt()),
        seen.map(d -> d.begin().waited()),
        unreachable,
        workers,
        decision.map(ScalingDecision::workers).orElse(0),
        lanes.active() - waiting,
        waiting,
        seen.flatMap(d -> d.census().slots()),
        seen.map(Decided::queue),
        seen.map(Decided::limit),
        decision,
        decisions.subList(Math.max(0, decisions.size() - RECENT_DECISIONS), decisions.size()),
        Optional.of(effective().terms().decisionInterval()),
        counts(),
        tally.reasons(),
        runs,
        seen.flatMap(Decided::capped),
        seen.flatMap(Decided::needed));
  }

  private ManagerStatus.Counts counts() {
    if (seen.isEmpty()) {
      return new ManagerStatus.Counts(0, 0, 0, 0, 0, laneFailures);
    }
    QueueCounters begin = seen.get().begin().counters();
    QueueCounters now = seen.get().counters();
    return new ManagerStatus.Counts(
        now.startsSince(begin),
        now.doneSince(begin),
        now.failedSince(begin),
        now.retriedSince(begin),
        now.lostSince(begin),
        laneFailures);
  }

  private ManagerSummary summary(Optional<ManagerEnd> end) {
    return new ManagerSummary(
        options.queue(),
        state(),
        seen.map(d -> d.queue().pending()),
        seen.map(d -> d.decision().workers()),
        unreachable,
        end);
  }

  private ManagerStatus.State state() {
    if (stopping) {
      return ManagerStatus.State.STOPPING;
    }
    if (unreachable.isPresent()) {
      return ManagerStatus.State.UNREACHABLE;
    }
    return seen.map(Decided::state).orElse(ManagerStatus.State.STARTING);
  }
}
