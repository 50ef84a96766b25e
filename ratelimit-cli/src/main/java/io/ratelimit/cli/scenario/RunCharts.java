package io.ratelimit.cli.scenario;

import io.ratelimit.cli.scenario.SvgChart.Line;
import io.ratelimit.cli.scenario.SvgChart.Panel;
import io.ratelimit.cli.scenario.SvgChart.Point;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.simulation.Simulation;
import io.ratelimit.core.simulation.Simulation.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Draws runs with the same seed: queue, workers and limit over time. */
final class RunCharts {

  /** More points than pixels add nothing. */
  private static final int MOST_POINTS = 1_500;

  static String svg(String name, long seed, Map<String, Simulation.Result> results) {
    List<Line> queue = new ArrayList<>();
    List<Line> workers = new ArrayList<>();
    List<Line> limit = new ArrayList<>();
    StringBuilder told = new StringBuilder("Simulated, with seed " + seed + ".");
    results.forEach(
        (variant, result) -> {
          queue.add(line(variant, result, sample -> sample.waiting() + sample.running()));
          workers.add(line(variant, result, Sample::workers));
          limit.add(line(variant, result, sample -> sample.limit().perMinute()));
          told.append(' ')
              .append(variant)
              .append(": ")
              .append(Texts.count(result.report().done() + result.report().failed(), "event"))
              .append(" in ")
              .append(Texts.tenths(result.report().elapsed()))
              .append('.');
        });
    return SvgChart.draw(
        name,
        told.toString(),
        "seconds from the start",
        List.of(
            new Panel("unfinished events", queue),
            new Panel("workers wanted", workers),
            new Panel("limit wanted, starts per minute", limit)));
  }

  private static Line line(String name, Simulation.Result result, ToDoubleFunction<Sample> value) {
    List<Sample> samples = result.samples();
    int step = 1 + samples.size() / MOST_POINTS;
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      if (i % step == 0 || i == samples.size() - 1) {
        Sample sample = samples.get(i);
        points.add(new Point(Texts.seconds(sample.at()), value.applyAsDouble(sample)));
      }
    }
    return new Line(name, points, true);
  }

  private RunCharts() {}
}
