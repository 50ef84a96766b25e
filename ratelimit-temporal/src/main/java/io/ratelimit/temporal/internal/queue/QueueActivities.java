package io.ratelimit.temporal.internal.queue;

import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.engine.Forecasts;
import io.ratelimit.core.internal.engine.LeftToOthers;
import io.ratelimit.core.internal.history.HistoryKeeper;
import io.ratelimit.core.internal.history.RoundFacts;
import io.ratelimit.core.internal.report.QueueCounters;
import io.ratelimit.core.internal.report.QueueRound;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.Activities;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.LaneCensus;
import io.ratelimit.temporal.internal.wire.LimitChange;
import io.ratelimit.temporal.internal.wire.Noticed;
import io.ratelimit.temporal.internal.wire.QueueNames;
import io.ratelimit.temporal.internal.wire.ReportRequest;
import io.ratelimit.temporal.internal.wire.Requests;
import io.ratelimit.temporal.internal.wire.WatchRequest;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.converter.RawValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The activities that call the queue. Thread-safe. */
public final class QueueActivities implements Activities.Queue {

  private static final Logger LOG = LoggerFactory.getLogger(QueueActivities.class);

  /** After this many attempts, a report omits the last look. */
  private static final int LOOKS_OF_A_REPORT = 3;

  private static final Duration LONGEST_WATCH = Duration.ofDays(1);

  private final EventQueue queue;
  private final Optional<String> name;
  private final RetryPolicy retries;
  private final LeftToOthers leftToOthers;
  private final ManagerCaps caps;
  private final BooleanSupplier draining;
  private final Optional<HistoryKeeper> history;
  private final Optional<Forecasts> forecasts;

  /**
   * @param retries this worker's retry policy, for decisions
   * @param leftToOthers observes the queue's statistics
   * @param caps bounds on managers
   * @param draining whether the worker is closing; a watch then ends and continues elsewhere
   * @param history keeps the rounds of managers
   * @param forecasts forecasts rounds
   */
  public QueueActivities(
      EventQueue queue,
      RetryPolicy retries,
      LeftToOthers leftToOthers,
      ManagerCaps caps,
      BooleanSupplier draining,
      Optional<HistoryKeeper> history,
      Optional<Forecasts> forecasts) {
    this.queue = queue;
    this.name = queue.name();
    this.retries = retries;
    this.leftToOthers = leftToOthers;
    this.caps = caps;
    this.draining = draining;
    this.history = history;
    this.forecasts = forecasts;
  }

  @Override
  public RawValue decide(RawValue meant, RawValue raw) {
    QueueNames.check(meant, name);
    DecideRequest request = Requests.read(raw, DecideRequest.class);
    ActivityExecutionContext context = Activity.getExecutionContext();
    ActivityInfo info = context.getInfo();
    QueueStats stats = queue.stats();
    leftToOthers.look(stats);
    LaneCensus census = new CensusTaker(queue, context).census(request);
    if (request.begin().isEmpty()) {
      // Any process may have kept the previous rounds.
      forecasts.ifPresent(each -> each.learn(stats.observedAt()));
    }
    Duration waited =
        Duration.between(request.startedAt(), Instant.ofEpochMilli(info.getStartedTimestamp()));
    return Json.raw(
        new Decider(request, caps, info.getWorkflowId(), name, retries, forecasts)
            .decide(stats, census, waited, queue));
  }

  @Override
  public RawValue watch(RawValue meant, RawValue raw) {
    QueueNames.check(meant, name);
    if (draining.getAsBoolean()) {
      throw Activities.closing("this worker is closing and watches no queue any longer");
    }
    return Json.raw(watch(Requests.read(raw, WatchRequest.class)));
  }

  private Noticed watch(WatchRequest request) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    Thread thread = Thread.currentThread();
    Subscription subscription = queue.onChange(() -> LockSupport.unpark(thread));
    try {
      return watch(request, context);
    } catch (QueueException unreachable) {
      LOG.debug("the queue cannot be watched", unreachable);
      return Noticed.UNREACHABLE;
    } finally {
      subscription.close();
    }
  }

  private Noticed watch(WatchRequest request, ActivityExecutionContext context) {
    Time time = queue.time();
    Instant until = time.now().plus(caps.capped(request.longest(), LONGEST_WATCH));
    Instant beatAt = time.now();
    while (true) {
      Optional<Noticed> noticed = look(request);
      if (noticed.isPresent()) {
        return noticed.get();
      }
      Instant now = time.now();
      if (!now.isBefore(until)) {
        return Noticed.NOTHING;
      }
      if (!now.isBefore(beatAt.plus(Timeouts.WATCH_HEARTBEAT_INTERVAL))) {
        beatAt = now;
        context.heartbeat(null);
      }
      time.parkUntil(now.plus(Timeouts.WATCH_POLL));
    }
  }

  private Optional<Noticed> look(WatchRequest request) {
    if (draining.getAsBoolean() || Thread.currentThread().isInterrupted()) {
      return Optional.of(Noticed.CLOSING);
    }
    QueueStats stats = queue.stats();
    if (stats.limit().version() != request.limitVersion()) {
      return Optional.of(Noticed.LIMIT);
    }
    return Decider.isIdle(stats) ? Optional.empty() : Optional.of(Noticed.WORK);
  }

  @Override
  public RawValue applyLimit(RawValue meant, RawValue change) {
    QueueNames.check(meant, name);
    return Json.raw(Requests.read(change, LimitChange.class).applyTo(queue.limitControl()));
  }

  @Override
  public RawValue report(RawValue meant, RawValue request) {
    QueueNames.check(meant, name);
    return Json.raw(report(Requests.read(request, ReportRequest.class)));
  }

  private RoundReport report(ReportRequest request) {
    ActivityInfo info = Activity.getExecutionContext().getInfo();
    List<String> notes = new ArrayList<>();
    if (request.unattended().compareTo(Timeouts.UNATTENDED) >= 0) {
      notes.add("there was no worker for %.1f s".formatted(request.unattended().toMillis() / 1e3));
    }
    QueueCounters end = request.lastSeen();
    Optional<QueueStats> seen = lastLook(info);
    if (seen.isPresent()) {
      end = QueueCounters.of(seen.get());
    } else {
      notes.add("the queue could not be read at the end: these figures are from " + end.at());
    }
    RoundReport report =
        new QueueRound(
                request.begin().startedAt(),
                request.deadline(),
                request.begin().counters(),
                end,
                request.sample(),
                request.decisions(),
                request.largestLimit(),
                seen.flatMap(stats -> request.begin().counters().largestWindowSince(stats)),
                notes)
            .report();
    keep(info.getWorkflowId(), request, seen.map(QueueCounters::of), report);
    return report;
  }

  /** Keeps a round; a retried activity replaces the record of the first attempt. */
  private void keep(
      String manager, ReportRequest request, Optional<QueueCounters> end, RoundReport report) {
    request
        .trace()
        .ifPresent(
            trace ->
                history.ifPresent(
                    keeper ->
                        keeper.keep(
                            () ->
                                new RoundFacts(
                                        name,
                                        manager,
                                        request.begin().counters(),
                                        end,
                                        trace,
                                        request.sample(),
                                        Map.of(),
                                        Optional.empty())
                                    .record(report))));
  }

  private Optional<QueueStats> lastLook(ActivityInfo info) {
    if (info.getAttempt() > LOOKS_OF_A_REPORT) {
      return Optional.empty();
    }
    try {
      queue.limitControl().endDemand(info.getWorkflowId());
      return Optional.of(queue.stats());
    } catch (QueueException unreachable) {
      LOG.warn(
          "the queue cannot be read for the report, which shows the last known state;"
              + " a demand for a higher limit expires by itself",
          unreachable);
      return Optional.empty();
    }
  }
}
