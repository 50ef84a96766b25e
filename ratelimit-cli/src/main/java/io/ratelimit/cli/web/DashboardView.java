package io.ratelimit.cli.web;

import io.ratelimit.cli.watch.Condition;
import io.ratelimit.cli.watch.Managers;
import io.ratelimit.cli.watch.MonitorView;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.cli.watch.RoundRow;
import io.ratelimit.cli.watch.Verdict;
import io.ratelimit.cli.watch.WorkerRow;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.redis.FoundQueues;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the dashboard shows at one moment. The names in JSON are stable.
 *
 * @param queue the name of the queue shown
 * @param condition the judgment, for scripts
 * @param verdict the judgment in words
 * @param live whether the picture is current
 * @param age the time since the queue was read
 * @param seen what was last read; empty if nothing was
 * @param beside managers and workers; empty if no Temporal server is known
 * @param queues the queues to choose from; empty if unknown
 */
record DashboardView(
    String queue,
    Condition condition,
    Verdict verdict,
    boolean live,
    Duration age,
    Optional<Seen> seen,
    Optional<Beside> beside,
    Optional<FoundQueues> queues) {

  /**
   * The managers and workers beside the queue.
   *
   * @param rounds the latest managers, in descending order of their start
   * @param workers the workers that asked for work in the last minutes, the latest first
   */
  record Beside(List<RoundRow> rounds, List<WorkerRow> workers) {}

  /**
   * What was read of a queue.
   *
   * @param monitor the queue and its manager
   * @param decisions the manager's decisions, in order, as sentences
   * @param starts what is in the window, and how long nothing starts, as a sentence
   * @param point the moment for the charts
   */
  record Seen(MonitorView monitor, List<Decision> decisions, String starts, ChartPoint point) {
    static Seen of(MonitorView monitor) {
      return new Seen(
          monitor,
          monitor.manager().map(ManagerStatus::recentDecisions).orElse(List.of()).stream()
              .map(Decision::of)
              .toList(),
          monitor.queue().startsText(),
          ChartPoint.of(monitor));
    }
  }

  /**
   * A decision as a sentence.
   *
   * @param at when it was made
   * @param mode whether the limit is raised
   * @param workers the number of workers wanted
   * @param text the decision and its reason
   */
  record Decision(Instant at, Mode mode, int workers, String text) {
    static Decision of(ScalingDecision decision) {
      return new Decision(
          decision.at(), decision.mode(), decision.workers(), decision.explanation());
    }
  }

  static DashboardView of(
      String queue, Picture picture, Optional<Managers> managers, Optional<FoundQueues> queues) {
    return new DashboardView(
        queue,
        picture.condition(),
        picture.verdict(),
        picture.isLive(),
        picture.age(),
        Optional.ofNullable(picture.view()).map(Seen::of),
        managers.map(all -> new Beside(all.rounds(), all.workers())),
        queues);
  }
}
