package io.ratelimit.cli.shell;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.AttributedString;

/** Lines as a screen of some width shows them: by the columns that characters take. */
public final class ScreenLine {

  /** A line that is too long is continued under its text, unless that leaves too little room. */
  private static final int LEAST_ROOM = 20;

  /**
   * Breaks a line where it gets too long, between words where there are any.
   *
   * @param line with its styles
   * @param indent how far what continues it is indented
   */
  public static List<AttributedString> wrapped(String line, int indent, int columns) {
    AttributedString rest = of(line);
    List<AttributedString> lines = new ArrayList<>();
    int margin = columns - indent < LEAST_ROOM ? 0 : indent;
    String left = "";
    while (rest.columnLength() > columns - left.length()) {
      int room = Math.max(1, columns - left.length());
      // A word may end where the room does.
      int blank = rest.columnSubSequence(0, room + 1).toString().lastIndexOf(' ');
      // The columns of a label and a gap are no place to break at.
      boolean breaks = blank > (lines.isEmpty() ? indent : 0);
      int end = breaks ? blank : Math.max(1, rest.columnSubSequence(0, room).length());
      lines.add(joined(left, rest.subSequence(0, end)));
      rest = rest.subSequence(breaks ? end + 1 : end, rest.length());
      left = " ".repeat(margin);
    }
    lines.add(joined(left, rest));
    return lines;
  }

  /** One line, cut where it gets too long. */
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
