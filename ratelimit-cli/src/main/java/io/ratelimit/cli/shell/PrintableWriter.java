package io.ratelimit.cli.shell;

import io.ratelimit.core.internal.check.Printable;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * The way to a terminal, a file or a pipe, which no text gets through that does more than be read:
 * whatever is printed is made printable here, and only {@link #println()} ends a line. Styles are
 * let through. Thread-safe.
 */
public final class PrintableWriter extends PrintWriter {

  private static final char ESCAPE = '\u001b';

  private final PrintWriter own;

  /**
   * @param writer is given only what may be shown
   */
  public PrintableWriter(Writer writer) {
    super(writer);
    this.own = new PrintWriter(writer);
  }

  /** What is printed of a line: with styles as a terminal knows them. */
  static String shown(String line) {
    StringBuilder shown = new StringBuilder();
    int start = 0;
    for (int mark = line.indexOf(Style.MARK); mark >= 0; mark = line.indexOf(Style.MARK, start)) {
      shown.append(Printable.text(line.substring(start, mark))).append(ESCAPE);
      start = mark + Style.MARK.length();
    }
    return shown.append(Printable.text(line.substring(start))).toString();
  }

  @Override
  public void write(String text, int offset, int length) {
    String shown = shown(text.substring(offset, offset + length));
    super.write(shown, 0, shown.length());
  }

  @Override
  public void write(char[] characters, int offset, int length) {
    write(new String(characters, offset, length), 0, length);
  }

  @Override
  public void write(int character) {
    write(Character.toString((char) character), 0, 1);
  }

  /** Prints a text of several lines, each as one. */
  public void printLines(String text) {
    text.lines().forEach(this::println);
  }

  /** Prints what this program itself has to tell a terminal, as it is. */
  void control(String sequence) {
    super.write(sequence, 0, sequence.length());
  }

  /** The way for texts that are a part of this program, like its help, as they are. */
  public PrintWriter ofOwnTexts() {
    return own;
  }
}
