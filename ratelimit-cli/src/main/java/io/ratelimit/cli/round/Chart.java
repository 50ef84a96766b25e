package io.ratelimit.cli.round;

import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.simulation.Simulation.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Draws a simulated round with characters: queue, workers and limit over time. */
public final class Chart {

  private static final int LABEL_WIDTH = 19;
  private static final int WIDEST = 120;
  private static final int SHORTEST_PLOT = 20;
  private static final int TICK_DISTANCE = 12;
  private static final int MANY_SECONDS = 300;
  private static final int EIGHTHS = 8;
  private static final String BLOCKS = " ▁▂▃▄▅▆▇█";
  private static final String ASCII_BLOCKS = "  ..:::##";
  private static final long[] STEPS = {
    1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400
  };

  private final List<Sample> samples;
  private final Duration deadline;
  private final Terminal terminal;
  private final int columns;
  private final double secondsPerColumn;
  private final List<String> lines = new ArrayList<>();

  private Chart(List<Sample> samples, Duration deadline, Terminal terminal) {
    this.samples = samples;
    this.deadline = deadline;
    this.terminal = terminal;
    int width = Math.min(WIDEST, terminal.width().getAsInt() - 1);
    this.columns = Math.max(SHORTEST_PLOT, width - LABEL_WIDTH - 1);
    this.secondsPerColumn = Math.max(end(), Texts.seconds(deadline)) / columns;
  }

  private double end() {
    return Texts.seconds(samples.get(samples.size() - 1).at());
  }

  /**
   * Returns the lines of the chart.
   *
   * @param samples the samples in order of time, at least one
   * @param deadline the deadline to mark
   */
  public static List<String> draw(List<Sample> samples, Duration deadline, Terminal terminal) {
    Chart chart = new Chart(samples, deadline, terminal);
    chart.panel("queue", 6, Style.CYAN, "events", sample -> sample.waiting() + sample.running());
    chart.panel("workers", 3, Style.GREEN, "", Sample::workers);
    chart.panel("limit", 3, Style.YELLOW, "/min", sample -> sample.limit().perMinute());
    chart.axis();
    return chart.lines;
  }

  private void panel(
      String name, int height, Style style, String unit, ToDoubleFunction<Sample> value) {
    double most = samples.stream().mapToDouble(value).max().orElse(0);
    double[] levels = levels(value);
    for (int row = height - 1; row >= 0; row--) {
      String label = row == height - 1 ? name : "";
      String scale = row == height - 1 ? Texts.number(most) + unit(unit) : row == 0 ? "0" : "";
      StringBuilder plot = new StringBuilder();
      for (double level : levels) {
        double filled = most == 0 ? 0 : level / most * height - row;
        int eighths = (int) Math.round(Math.max(0, Math.min(1, filled)) * EIGHTHS);
        // Any value above zero is visible.
        boolean hidden = row == 0 && eighths == 0 && level > 0;
        plot.append((terminal.unicode() ? BLOCKS : ASCII_BLOCKS).charAt(hidden ? 1 : eighths));
      }
      add(label, scale, row == height - 1 || row == 0 ? "┤" : "│", plot, style);
    }
  }

  private static String unit(String unit) {
    return unit.isEmpty() || unit.startsWith("/") ? unit : " " + unit;
  }

  /** Returns the value at the middle of each column; 0 after the end. */
  private double[] levels(ToDoubleFunction<Sample> value) {
    double[] levels = new double[columns];
    int next = 0;
    for (int column = 0; column < columns; column++) {
      double at = (column + 0.5) * secondsPerColumn;
      while (next < samples.size() && Texts.seconds(samples.get(next).at()) <= at) {
        next++;
      }
      boolean over = column * secondsPerColumn >= end();
      levels[column] = over ? 0 : value.applyAsDouble(samples.get(Math.max(0, next - 1)));
    }
    return levels;
  }

  private void add(String label, String scale, String edge, CharSequence plot, Style style) {
    String drawn = plot.toString().stripTrailing();
    lines.add(
        String.format(Locale.ROOT, "%-8s%" + (LABEL_WIDTH - 9) + "s ", label, scale)
            + edge
            + (drawn.isEmpty() ? "" : terminal.styled(style, drawn)));
  }

  private void axis() {
    StringBuilder line = new StringBuilder("─".repeat(columns));
    StringBuilder ticks = new StringBuilder(" ".repeat(columns));
    StringBuilder marks = new StringBuilder(" ".repeat(columns));
    long step = step();
    boolean minutes = step >= MANY_SECONDS;
    for (long at = 0; column((double) at) < columns; at += step) {
      line.setCharAt(column((double) at), '┴');
      String text = minutes ? at / 60 + " min" : at + " s";
      put(ticks, column((double) at), text);
    }
    int due = Math.min(columns - 1, column(Texts.seconds(deadline)));
    put(marks, due, "^ deadline");
    lines.add(" ".repeat(LABEL_WIDTH) + "└" + line);
    lines.add((" ".repeat(LABEL_WIDTH + 1) + ticks).stripTrailing());
    lines.add((" ".repeat(LABEL_WIDTH + 1) + marks).stripTrailing());
  }

  /** Writes a text at a column, or at the last place where it fits. */
  private static void put(StringBuilder line, int column, String text) {
    boolean fits = column + text.length() <= line.length();
    if (fits) {
      line.replace(column, column + text.length(), text);
    } else if (text.startsWith("^")) {
      String before = text.substring(2) + " ^";
      line.replace(column + 1 - before.length(), column + 1, before);
    }
  }

  private int column(double seconds) {
    return (int) Math.floor(seconds / secondsPerColumn);
  }

  private long step() {
    double least = TICK_DISTANCE * secondsPerColumn;
    for (long step : STEPS) {
      if (step >= least) {
        return step;
      }
    }
    long days = (long) Math.ceil(least / 86_400);
    return days * 86_400;
  }
}
