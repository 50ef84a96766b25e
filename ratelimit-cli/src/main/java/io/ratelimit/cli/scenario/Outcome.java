package io.ratelimit.cli.scenario;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.simulation.Simulation;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The results of many runs with the same settings. A round that was unfinished when its run was cut
 * off counts as missed, and as never finished.
 *
 * @param runs the number of runs
 * @param rounds the number of rounds in all runs
 * @param met the number of rounds that met their deadline
 * @param metShare the share of them, 0 to 1
 * @param metInterval the interval of that
 * @param finishP50 the seconds after which half of the rounds were finished; null if never
 * @param finishP50Interval the interval of that
 * @param finishP99 the seconds after which 99% of them were finished; null if never
 * @param finishP99Interval the interval of that
 * @param extraStarts the mean number of starts above the normal limit per round
 * @param extraStartsInterval the interval of that
 * @param workerMinutes the mean worker minutes per round
 * @param workerMinutesInterval the interval of that
 * @param attempts the number of attempts in all runs
 * @param failed the number of events given up in all runs
 * @param limitHeld whether no window held more starts than the limit allowed
 * @param conserved whether every event was accounted for
 */
record Outcome(
    int runs,
    int rounds,
    int met,
    double metShare,
    Interval metInterval,
    double finishP50,
    Interval finishP50Interval,
    double finishP99,
    Interval finishP99Interval,
    double extraStarts,
    Interval extraStartsInterval,
    double workerMinutes,
    Interval workerMinutesInterval,
    long attempts,
    long failed,
    boolean limitHeld,
    boolean conserved) {

  /** The result of a run. */
  record Run(
      List<Double> finishSeconds,
      int met,
      double extraStarts,
      double workerMinutes,
      long attempts,
      long failed,
      boolean limitHeld,
      boolean conserved) {

    static Run of(Simulation.Result result) {
      List<Simulation.Round> rounds = result.rounds();
      RoundReport report = result.report();
      return new Run(
          rounds.stream()
              .map(round -> round.finish().map(Texts::seconds).orElse(Double.POSITIVE_INFINITY))
              .toList(),
          (int) rounds.stream().filter(Simulation.Round::deadlineMet).count(),
          mean(rounds, Simulation.Round::extraStarts),
          mean(rounds, round -> Texts.seconds(round.workerTime()) / 60),
          report.attempts(),
          report.failed(),
          report.limitHeld().orElse(true),
          result.conserved());
    }

    private static double mean(
        List<Simulation.Round> rounds, ToDoubleFunction<Simulation.Round> value) {
      return rounds.stream().mapToDouble(value).average().orElse(0);
    }
  }

  static Outcome of(List<Run> runs) {
    double[] finish =
        runs.stream()
            .flatMap(run -> run.finishSeconds().stream())
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    int met = runs.stream().mapToInt(Run::met).sum();
    double share = met / (double) finish.length;
    double[] extra = runs.stream().mapToDouble(Run::extraStarts).toArray();
    double[] minutes = runs.stream().mapToDouble(Run::workerMinutes).toArray();
    return new Outcome(
        runs.size(),
        finish.length,
        met,
        share,
        Interval.ofShare(share, independent(runs, share, finish.length)),
        quantile(finish, 0.5),
        Interval.ofQuantile(finish, 0.5),
        quantile(finish, 0.99),
        Interval.ofQuantile(finish, 0.99),
        Arrays.stream(extra).average().orElse(0),
        Interval.ofMean(extra),
        Arrays.stream(minutes).average().orElse(0),
        Interval.ofMean(minutes),
        runs.stream().mapToLong(Run::attempts).sum(),
        runs.stream().mapToLong(Run::failed).sum(),
        runs.stream().allMatch(Run::limitHeld),
        runs.stream().allMatch(Run::conserved));
  }

  /**
   * Returns the effective number of independent rounds. Rounds of one run are not independent: a
   * late one makes the next one late. The number is divided by how much more the runs' shares vary
   * than independent rounds would; it is at least the number of runs.
   */
  private static double independent(List<Run> runs, double share, int rounds) {
    double perRun = rounds / (double) runs.size();
    double expected = share * (1 - share) / perRun;
    if (runs.size() < 2 || perRun == 1 || expected == 0) {
      return perRun == 1 ? rounds : runs.size();
    }
    double squares =
        runs.stream().mapToDouble(run -> Math.pow(run.met() / perRun - share, 2)).sum();
    double effect = squares / (runs.size() - 1) / expected;
    return rounds / Math.max(1, Math.min(perRun, effect));
  }

  private static double quantile(double[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }
}
