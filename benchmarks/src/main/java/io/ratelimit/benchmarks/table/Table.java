package io.ratelimit.benchmarks.table;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * A table that is printed row by row as they are measured, with text left-aligned and numbers
 * right-aligned.
 */
public final class Table {

  private static final int NUMBER_WIDTH = 14;

  private final PrintStream out = System.out;
  private final int width;

  /** Prints the heading of a table whose first column has this width. */
  public Table(int width, String title, String... columns) {
    this.width = width;
    out.println();
    row(title, (Object[]) columns);
    out.println("-".repeat(width + columns.length * NUMBER_WIDTH));
  }

  /** Prints a row. */
  public void row(String name, Object... values) {
    StringBuilder line = new StringBuilder(pad(name));
    for (Object value : values) {
      line.append(String.format(Locale.ROOT, "%" + NUMBER_WIDTH + "s", text(value)));
    }
    out.println(line);
    out.flush();
  }

  private String pad(String name) {
    return name + " ".repeat(Math.max(1, width - name.length()));
  }

  private static String text(Object value) {
    if (value instanceof Double number) {
      return String.format(Locale.ROOT, number < 100 ? "%.2f" : "%,.0f", number);
    }
    return value instanceof Integer number
        ? String.format(Locale.ROOT, "%,d", number)
        : value.toString();
  }

  /** Prints lines below a table. */
  public void notes(List<String> lines) {
    lines.forEach(out::println);
  }
}
