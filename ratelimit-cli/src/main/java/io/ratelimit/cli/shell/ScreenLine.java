package io.ratelimit.cli.shell;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.AttributedString;

/** Fits lines to the width of a screen, by the columns of characters. */
public final class ScreenLine {

  /** A long line continues under its text, unless that leaves less room than this. */
  private static final int LEAST_ROOM = 20;

  /**
   * Wraps a long line, between words if possible.
   *
   * @param line the line with its styles
   * @param indent the indentation of continuation lines
   */
  public static List<AttributedString> wrapped(String line, int indent, int columns) {
    AttributedString rest = of(line);
    List<AttributedString> lines = new ArrayList<>();
    int margin = columns - indent < LEAST_ROOM ? 0 : indent;
    String left = "";
    while (rest.columnLength() > columns - left.length()) {
      int room = Math.max(1, columns - left.length());
      // A word may end exactly at the edge.
      int blank = rest.columnSubSequence(0, room + 1).toString().lastIndexOf(' ');
      // Do not break in the label and the gap.
      boolean breaks = blank > (lines.isEmpty() ? indent : 0);
      int end = breaks ? blank : Math.max(1, rest.columnSubSequence(0, room).length());
      lines.add(joined(left, rest.subSequence(0, end)));
      rest = rest.subSequence(breaks ? end + 1 : end, rest.length());
      left = " ".repeat(margin);
    }
    lines.add(joined(left, rest));
    return lines;
  }

  /** Cuts a line that is too long. */
  public static AttributedString cut(String line, int columns) {
    return of(line).columnSubSequence(0, columns);
  }

  private static AttributedString of(String line) {
    return AttributedString.fromAnsi(PrintableWriter.shown(line));
  }

  private static AttributedString joined(String left, AttributedString text) {
    return left.isEmpty()
        ? text
        : AttributedString.join(AttributedString.EMPTY, new AttributedString(left), text);
  }

  private ScreenLine() {}
}
