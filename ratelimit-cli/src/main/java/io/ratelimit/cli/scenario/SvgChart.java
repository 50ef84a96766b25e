package io.ratelimit.cli.scenario;

import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An SVG chart of lines in stacked panels over a common axis. It has a title and a description for
 * screen readers, follows the reader's light or dark theme, and distinguishes lines by dashes as
 * well as colors.
 */
final class SvgChart {

  private static final int WIDTH = 760;
  private static final int LEFT = 64;
  private static final int RIGHT = 16;
  private static final int TOP = 56;
  private static final int PANEL = 130;
  private static final int GAP = 34;
  private static final int LEGEND_ROW = 18;
  private static final int TICKS = 5;

  // Okabe and Ito's colors, which people with any color vision can distinguish.
  private static final String[] LIGHT = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7a6000", "#1f6f8b"
  };
  private static final String[] DARK = {
    "#56b4e9", "#e69f00", "#2fd0a5", "#e5a3c6", "#f0e442", "#9ad1e3"
  };
  private static final String[] DASHES = {"", "7 3", "2 3", "9 3 2 3", "4 2", "12 4"};

  /**
   * A point.
   *
   * @param x the position on the common axis
   * @param y the value
   */
  record Point(double x, double y) {}

  /**
   * A line.
   *
   * @param name its name in the legend; the same in all panels
   * @param points the points, in order of x
   * @param steps whether a value holds until the next point
   */
  record Line(String name, List<Point> points, boolean steps) {}

  /**
   * A panel.
   *
   * @param name its title, with the unit
   * @param lines its lines
   */
  record Panel(String name, List<Line> lines) {}

  private final StringBuilder svg = new StringBuilder();
  private final String title;
  private final String description;
  private final String axis;
  private final List<Panel> panels;
  private final List<String> names = new ArrayList<>();
  private final double from;
  private final double to;

  private SvgChart(String title, String description, String axis, List<Panel> panels) {
    this.title = title;
    this.description = description;
    this.axis = axis;
    this.panels = panels;
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Panel panel : panels) {
      for (Line line : panel.lines()) {
        if (!names.contains(line.name())) {
          names.add(line.name());
        }
        for (Point point : line.points()) {
          least = Math.min(least, point.x());
          most = Math.max(most, point.x());
        }
      }
    }
    this.from = least;
    this.to = most > least ? most : least + 1;
  }

  /**
   * Returns a chart.
   *
   * @param description the description for readers who cannot see it
   * @param axis the label of the common axis, with the unit
   * @param panels at least one, with at least one point
   */
  static String draw(String title, String description, String axis, List<Panel> panels) {
    return new SvgChart(title, description, axis, panels).drawn();
  }

  /**
   * Fails early if a chart could not be written in the end.
   *
   * @param file the file; empty for none
   * @throws InputException if its directory does not exist
   */
  static void requireDirectory(String file) {
    try {
      Path directory = Path.of(file).toAbsolutePath().getParent();
      if (!file.isEmpty() && (directory == null || !Files.isDirectory(directory))) {
        throw new InputException(
            "--svg " + Texts.quoted(file) + " cannot be written: there is no such directory");
      }
    } catch (InvalidPathException invalid) {
      throw new InputException("--svg " + Texts.quoted(file) + " is not the name of a file");
    }
  }

  /**
   * Writes a chart to a file.
   *
   * @throws InputException if it cannot be written
   */
  static void write(String file, String svg) {
    try {
      Files.writeString(Path.of(file), svg, StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new InputException(
          "--svg " + Texts.quoted(file) + " cannot be written: " + Causes.told(failed));
    }
  }

  private String drawn() {
    int legend = LEGEND_ROW * ((names.size() + 2) / 3);
    int height = TOP + legend + panels.size() * (PANEL + GAP) + 30;
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" role=\"img\" aria-labelledby=\"title desc\">%n",
            WIDTH,
            height,
            WIDTH,
            height));
    add("<title id=\"title\">%s</title>", escaped(title));
    add("<desc id=\"desc\">%s</desc>", escaped(description));
    style();
    add("<rect class=\"back\" width=\"100%%\" height=\"100%%\"/>");
    add("<text class=\"head\" x=\"16\" y=\"28\">%s</text>", escaped(title));
    legend();
    int top = TOP + legend;
    for (Panel panel : panels) {
      panel(panel, top);
      top += PANEL + GAP;
    }
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        (LEFT + WIDTH - RIGHT) / 2, height - 10, escaped(axis));
    svg.append("</svg>\n");
    return svg.toString();
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private void style() {
    svg.append("<style>\n");
    svg.append("text{font:13px system-ui,sans-serif;fill:#1b1f24}\n");
    svg.append(".head{font-size:16px;font-weight:600}.back{fill:#fff}\n");
    svg.append(".grid{stroke:#d0d7de;stroke-width:1}.line{fill:none;stroke-width:2}\n");
    colors(LIGHT);
    svg.append("@media (prefers-color-scheme:dark){\n");
    svg.append("text{fill:#e6edf3}.back{fill:#0d1117}.grid{stroke:#30363d}\n");
    colors(DARK);
    svg.append("}\n</style>\n");
  }

  private void colors(String... colors) {
    for (int i = 0; i < colors.length; i++) {
      add(".c%d{stroke:%s}", i, colors[i]);
    }
  }

  private String look(String name) {
    int index = names.indexOf(name);
    // No two of 12 lines have the same color and dashes.
    String dash = DASHES[(index + index / LIGHT.length) % DASHES.length];
    return "class=\"line c"
        + index % LIGHT.length
        + "\""
        + (dash.isEmpty() ? "" : " stroke-dasharray=\"" + dash + "\"");
  }

  private void legend() {
    for (int i = 0; i < names.size(); i++) {
      int x = 16 + i % 3 * 240;
      int y = 48 + i / 3 * LEGEND_ROW;
      add("<path %s d=\"M%d %dh28\"/>", look(names.get(i)), x, y - 4);
      add("<text x=\"%d\" y=\"%d\">%s</text>", x + 34, y, escaped(names.get(i)));
    }
  }

  private void panel(Panel panel, int top) {
    double most =
        panel.lines().stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(Point::y)
            .max()
            .orElse(0);
    double scale = most <= 0 ? 1 : most;
    int bottom = top + PANEL;
    add("<text x=\"%d\" y=\"%d\">%s</text>", LEFT, top - 6, escaped(panel.name()));
    for (int i = 0; i <= 2; i++) {
      int y = bottom - i * PANEL / 2;
      add("<path class=\"grid\" d=\"M%d %dH%d\"/>", LEFT, y, WIDTH - RIGHT);
      add(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
          LEFT - 6, y + 4, Texts.number(scale * i / 2));
    }
    for (int i = 0; i <= TICKS; i++) {
      double at = from + (to - from) * i / TICKS;
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          x(at), bottom + 16, Texts.number(at));
    }
    panel.lines().forEach(line -> line(line, scale, bottom));
  }

  private double x(double value) {
    return LEFT + (value - from) / (to - from) * (WIDTH - LEFT - RIGHT);
  }

  private void line(Line line, double scale, int bottom) {
    StringBuilder path = new StringBuilder();
    for (Point point : line.points()) {
      double y = bottom - point.y() / scale * PANEL;
      if (path.length() == 0) {
        path.append(String.format(Locale.ROOT, "M%.1f %.1f", x(point.x()), y));
      } else if (line.steps()) {
        path.append(String.format(Locale.ROOT, "H%.1fV%.1f", x(point.x()), y));
      } else {
        path.append(String.format(Locale.ROOT, "L%.1f %.1f", x(point.x()), y));
      }
    }
    add("<path %s d=\"%s\"/>", look(line.name()), path);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
