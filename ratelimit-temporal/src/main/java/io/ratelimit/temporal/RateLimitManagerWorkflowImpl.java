package io.ratelimit.temporal;

import io.ratelimit.core.engine.ScalingMemory;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.engine.ScalingController;
import io.ratelimit.core.internal.report.RoundRecorder;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.scaling.Mode;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingPolicy;
import io.ratelimit.core.scaling.WorkerRange;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The workflow. A thin shell: it looks at the queue, has core's policies decide, and keeps as many
 * lanes at work as they ask for. All that is deterministic; what is not is in the activities.
 */
public final class RateLimitManagerWorkflowImpl implements RateLimitManagerWorkflow {

  private static final int RECENT_DECISIONS = 10;

  private static final Logger LOG = Workflow.getLogger(RateLimitManagerWorkflowImpl.class);

  private final Activities.Queue queue =
      Workflow.newActivityStub(
          Activities.Queue.class, Timeouts.queue(Workflow.getInfo().getTaskQueue()));
  private final LimitControl limit = new RemoteLimit(queue::applyLimit);
  private final ManagerOptions options;
  private final WorkflowLanes lanes;
  private final TickTimer timer = new TickTimer(() -> tickDue = true);
  private final SummaryMemo memo = new SummaryMemo();
  private final List<ScalingDecision> decisions;
  private final List<AttemptRecord> attempts;
  private final List<LimitChange> wishes;
  private final int runs;
  private Optional<Instant> startedAt;
  private WorkerRange workers;
  private ScalingMemory memory;
  private ManagerStatus.Counts counts;
  private boolean stopping;
  private Optional<QueueStats> lastSeen = Optional.empty();
  private Optional<ScalingDecision> decision;
  private int ticks;
  private long toBeStarted;
  private int failedSinceTick;
  private boolean endedSinceTick;
  private boolean tickDue;
  private boolean laneEnded;

  /** Begins a run; called by Temporal with what {@link #run} is called with. */
  @WorkflowInit
  public RateLimitManagerWorkflowImpl(ManagerOptions options, @Nullable ManagerState carried) {
    ManagerState state = carried == null ? ManagerState.first(options) : carried;
    this.options = options;
    this.lanes = new WorkflowLanes(this::request, this::laneEnded);
    this.startedAt = state.startedAt();
    this.workers = state.workers();
    this.memory = state.memory();
    this.decision = memory.previous();
    this.decisions = new ArrayList<>(state.decisions());
    this.attempts = new ArrayList<>(state.attempts());
    this.counts = state.counts();
    this.stopping = state.stopping();
    this.wishes = new ArrayList<>(state.wishes());
    this.runs = state.runs();
  }

  @Override
  public RoundReport run(ManagerOptions sameOptions, @Nullable ManagerState sameState) {
    try {
      while (true) {
        makeWishesTrue();
        tick();
        if (isOver()) {
          return end();
        }
        memo.update(summary());
        workUntilNextTick();
        if (isHistoryLong() && !stopping) {
          continueAsNew();
        }
      }
    } catch (CanceledFailure cancelled) {
      CancellationScope cleanUp = Workflow.newDetachedCancellationScope(this::windDown);
      cleanUp.run();
      throw cancelled;
    }
  }

  private void makeWishesTrue() {
    while (!wishes.isEmpty()) {
      try {
        LimitSettings unused = queue.applyLimit(wishes.get(0));
      } catch (ActivityFailure unreachable) {
        LOG.warn("the limit could not be changed, and will be with the next tick", unreachable);
        return;
      }
      wishes.remove(0);
    }
  }

  /** Looks and decides. A queue that cannot be read is not an empty one: all stays as it is. */
  private void tick() {
    ticks++;
    tickDue = false;
    failedSinceTick = 0;
    endedSinceTick = false;
    try {
      QueueStats stats = queue.stats().stats();
      if (startedAt.isEmpty()) {
        startedAt = Optional.of(stats.observedAt());
      }
      lastSeen = Optional.of(stats);
      decide(stats);
      toBeStarted = Math.max(0, stats.pending() + stats.delayed());
    } catch (ActivityFailure unreachable) {
      LOG.warn("the queue could not be reached; lanes and limit stay as they are", unreachable);
    }
  }

  private void decide(QueueStats stats) {
    ScalingController controller =
        new ScalingController(
            ScalingPolicy.standard(), options.terms().withWorkers(workers), memory);
    int before = decision.map(ScalingDecision::workers).orElse(lanes.active());
    QueueStats taken = stats.withoutSetAside(options.terms().deadline());
    ScalingDecision decided = controller.decide(taken, timeLeft(taken), before);
    memory = controller.memory();
    decision = Optional.of(decided);
    if (decisions.isEmpty() || !decisions.get(decisions.size() - 1).asksTheSameAs(decided)) {
      decisions.add(decided);
      LOG.info("{}", Printable.text(decided.explanation()));
    }
    controller.apply(
        decided, stats, limit, owner(), ScalingController.demandLease(decisionInterval()));
  }

  /** Whose demands these are: this workflow's, in each of its runs. */
  private static String owner() {
    return Workflow.getInfo().getWorkflowId();
  }

  private Duration timeLeft(QueueStats stats) {
    return options.mode() == ManagerOptions.Mode.ROUND
        ? Duration.between(stats.observedAt(), due())
        : stats
            .oldestPendingAge()
            .map(options.terms().deadline()::minus)
            .orElse(options.terms().deadline());
  }

  private Instant due() {
    return startedAt.orElseThrow().plus(options.terms().deadline());
  }

  private boolean isOver() {
    if (stopping) {
      return true;
    }
    return options.mode() == ManagerOptions.Mode.ROUND
        && lastSeen
            .filter(seen -> seen.unfinished() == 0 || !seen.observedAt().isBefore(due()))
            .isPresent();
  }

  private boolean isHistoryLong() {
    return Workflow.getInfo().isContinueAsNewSuggested()
        || (options.decisionsPerRun() > 0 && ticks >= options.decisionsPerRun());
  }

  private void workUntilNextTick() {
    timer.setDueIn(untilNextTick());
    while (!tickDue) {
      laneEnded = false;
      startLanes();
      // Whoever was busy when the queue was last read may have left it empty.
      if (endedSinceTick && lanes.active() == 0) {
        break;
      }
      Workflow.await(() -> tickDue || laneEnded);
    }
  }

  /** How far apart decisions are in the situation that was last seen. */
  private Duration decisionInterval() {
    boolean idle = lastSeen.filter(seen -> seen.unfinished() == 0).isPresent();
    return idle || isPaused() ? options.idleInterval() : options.terms().decisionInterval();
  }

  private Duration untilNextTick() {
    Duration wait = decisionInterval();
    if (options.mode() == ManagerOptions.Mode.ROUND && lastSeen.isPresent()) {
      Duration left = Duration.between(lastSeen.get().observedAt(), due());
      return left.compareTo(wait) < 0 ? left : wait;
    }
    return wait;
  }

  private void startLanes() {
    if (isPaused()) {
      return;
    }
    int wanted = decision.map(ScalingDecision::workers).orElse(0) - failedSinceTick;
    int waiting = options.mode() == ManagerOptions.Mode.CONTINUOUS ? workers.min() : 0;
    while (lanes.active() < wanted && (toBeStarted > 0 || lanes.active() < waiting)) {
      lanes.startOne();
      toBeStarted -= options.eventsPerActivity();
    }
  }

  private LaneRequest request(int lane, String id) {
    boolean round = options.mode() == ManagerOptions.Mode.ROUND;
    return new LaneRequest(
        lane,
        id,
        options.eventsPerActivity(),
        round ? options.terms().decisionInterval() : options.idleInterval(),
        round,
        round ? Optional.of(due()) : Optional.empty(),
        options.shutdownGrace());
  }

  private void laneEnded(@Nullable LaneResult result, @Nullable Exception failure) {
    laneEnded = true;
    endedSinceTick = true;
    if (result == null) {
      LOG.warn("a lane failed; another takes its place with the next tick", failure);
      failedSinceTick++;
      counts = counts.plusLaneFailure();
      return;
    }
    for (AttemptRecord attempt : result.attempts()) {
      counts = counts.plus(attempt);
      attempts.add(attempt.withoutReason());
    }
    if (attempts.size() > 2 * ManagerState.MOST_ATTEMPTS) {
      attempts.subList(0, attempts.size() - ManagerState.MOST_ATTEMPTS).clear();
    }
    if (result.end() == LaneResult.End.EMPTY) {
      tickDue = true;
    }
  }

  /** Whether somebody paused the queue until it is resumed. */
  private boolean isPaused() {
    return lastSeen
        .flatMap(seen -> seen.limit().pause())
        .filter(p -> p.until().isEmpty())
        .isPresent();
  }

  /**
   * Waits for the lanes, which cannot be carried over, and goes on to decide meanwhile, or a demand
   * would lapse; returns if the manager is stopped then.
   */
  private void continueAsNew() {
    while (lanes.active() > 0 && !stopping) {
      Workflow.await(() -> lanes.active() == 0 || stopping || tickDue);
      makeWishesTrue();
      if (tickDue && !stopping) {
        tick();
        timer.setDueIn(decisionInterval());
      }
    }
    if (stopping) {
      return;
    }
    Workflow.await(Workflow::isEveryHandlerFinished);
    Workflow.continueAsNew(
        options,
        new ManagerState(
            startedAt, workers, memory, decisions, attempts, counts, stopping, wishes, runs + 1));
  }

  private RoundReport end() {
    boolean drained = lastSeen.filter(seen -> seen.unfinished() == 0).isPresent();
    if (stopping) {
      lanes.cancelAll();
    }
    windDown();
    if (!drained) {
      // Events in hand may have been finished since.
      lookAgain();
    }
    memo.write(summary());
    return report();
  }

  /** Lanes leave by themselves when their round is drained or due, and otherwise are cancelled. */
  private void windDown() {
    stopping = true;
    lanes.awaitNone();
    makeWishesTrue();
    if (decision.filter(last -> last.mode() == Mode.EMERGENCY).isPresent()) {
      try {
        limit.endDemand(owner());
      } catch (ActivityFailure unreachable) {
        LOG.warn("the emergency could not be ended; it lapses by itself", unreachable);
      }
    }
    Workflow.await(Workflow::isEveryHandlerFinished);
  }

  private void lookAgain() {
    try {
      lastSeen = Optional.of(queue.stats().stats());
    } catch (ActivityFailure unreachable) {
      LOG.warn("the queue could not be reached; the report is on what was last seen", unreachable);
    }
  }

  private RoundReport report() {
    Instant from = startedAt.orElse(Instant.EPOCH);
    RoundRecorder recorder = new RoundRecorder(from, options.terms().deadline());
    decisions.forEach(recorder::decided);
    attempts.forEach(attempt -> attempt.recordTo(recorder));
    return recorder.report(
        lastSeen.map(QueueStats::observedAt).orElse(from),
        lastSeen.map(QueueStats::unfinished).orElse(0L));
  }

  @Override
  public void pause() {
    wish(LimitChange.Kind.PAUSE);
  }

  @Override
  public void resume() {
    wish(LimitChange.Kind.RESUME);
  }

  private void wish(LimitChange.Kind kind) {
    wishes.add(LimitChange.of(kind));
    tickDue = true;
  }

  @Override
  public void stop() {
    stopping = true;
    tickDue = true;
  }

  @Override
  public LimitSettings changeLimit(RateLimit newLimit) {
    LimitSettings settings = limit.changeLimit(newLimit);
    tickDue = true;
    return settings;
  }

  @Override
  public void validateChangeLimit(RateLimit newLimit) {
    if (newLimit == null) {
      throw new IllegalArgumentException("the new limit is missing");
    }
    refuseWhenStopping();
  }

  @Override
  public void setWorkers(int min, int max) {
    workers = new WorkerRange(min, max);
    tickDue = true;
  }

  @Override
  public void validateSetWorkers(int min, int max) {
    WorkerRange unused = new WorkerRange(min, max);
    refuseWhenStopping();
  }

  private void refuseWhenStopping() {
    if (stopping) {
      throw new IllegalStateException("the manager is stopping");
    }
  }

  @Override
  public ManagerStatus status() {
    return new ManagerStatus(
        state(),
        options.mode(),
        startedAt,
        workers,
        decision.map(ScalingDecision::workers).orElse(0),
        lanes.active(),
        lastSeen.map(ManagerStatus.Queue::of),
        lastSeen.map(ManagerStatus.Limit::of),
        decision,
        decisions.subList(Math.max(0, decisions.size() - RECENT_DECISIONS), decisions.size()),
        counts,
        runs);
  }

  private ManagerSummary summary() {
    return new ManagerSummary(
        state(),
        lastSeen.map(QueueStats::pending).orElse(0L),
        decision.map(ScalingDecision::workers).orElse(0));
  }

  private ManagerStatus.State state() {
    if (stopping) {
      return ManagerStatus.State.STOPPING;
    }
    if (lastSeen.isEmpty()) {
      return ManagerStatus.State.STARTING;
    }
    if (lastSeen.get().limit().isPaused(lastSeen.get().observedAt())) {
      return ManagerStatus.State.PAUSED;
    }
    return decision.filter(last -> last.mode() == Mode.EMERGENCY).isPresent()
        ? ManagerStatus.State.EMERGENCY
        : ManagerStatus.State.NORMAL;
  }
}
