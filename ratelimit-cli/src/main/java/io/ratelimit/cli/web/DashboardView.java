package io.ratelimit.cli.web;

import io.ratelimit.cli.watch.MonitorView;
import io.ratelimit.cli.watch.Verdict;
import io.ratelimit.core.scaling.Mode;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Instant;
import java.util.List;

/**
 * What the dashboard shows at one moment; the names in JSON are a promise.
 *
 * @param verdict whether all goes well
 * @param monitor the queue and its manager
 * @param decisions what the manager decided, in order, as sentences
 * @param starts what is in the window, and how long nothing starts, as a sentence
 * @param point what is drawn of it
 */
record DashboardView(
    Verdict verdict,
    MonitorView monitor,
    List<Decision> decisions,
    String starts,
    ChartPoint point) {

  /**
   * A decision as a sentence.
   *
   * @param at when it was made
   * @param mode whether the limit is raised
   * @param workers how many workers there are to be
   * @param text the decision and its reason
   */
  record Decision(Instant at, Mode mode, int workers, String text) {
    static Decision of(ScalingDecision decision) {
      return new Decision(
          decision.at(), decision.mode(), decision.workers(), decision.explanation());
    }
  }

  static DashboardView of(MonitorView monitor) {
    return new DashboardView(
        Verdict.of(monitor),
        monitor,
        monitor.manager().map(ManagerStatus::recentDecisions).orElse(List.of()).stream()
            .map(Decision::of)
            .toList(),
        monitor.queue().startsText(),
        ChartPoint.of(monitor));
  }
}
