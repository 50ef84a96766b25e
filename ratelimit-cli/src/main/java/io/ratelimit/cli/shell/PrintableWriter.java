package io.ratelimit.cli.shell;

import io.ratelimit.core.internal.check.Printable;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Optional;

/**
 * A writer to a terminal, a file or a pipe that makes everything printable, so that no text can do
 * more than be read; only {@link #println()} ends a line. Styles pass. Thread-safe.
 */
public final class PrintableWriter extends PrintWriter {

  private static final char ESCAPE = '\u001b';

  private final PrintWriter own;
  private final Remembering remembering;

  /** Remembers why writing failed, which a {@link PrintWriter} hides. */
  private static final class Remembering extends FilterWriter {
    private volatile Optional<IOException> failure = Optional.empty();

    Remembering(Writer writer) {
      super(writer);
    }

    private IOException remembered(IOException thrown) {
      failure = failure.or(() -> Optional.of(thrown));
      return thrown;
    }

    @Override
    public void write(int character) throws IOException {
      try {
        super.write(character);
      } catch (IOException thrown) {
        throw remembered(thrown);
      }
    }

    @Override
    public void write(char[] characters, int offset, int length) throws IOException {
      try {
        super.write(characters, offset, length);
      } catch (IOException thrown) {
        throw remembered(thrown);
      }
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
      try {
        super.write(text, offset, length);
      } catch (IOException thrown) {
        throw remembered(thrown);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        super.flush();
      } catch (IOException thrown) {
        throw remembered(thrown);
      }
    }
  }

  /**
   * @param writer receives only printable text
   */
  public PrintableWriter(Writer writer) {
    this(new Remembering(writer));
  }

  private PrintableWriter(Remembering remembering) {
    super(remembering);
    this.remembering = remembering;
    this.own = new PrintWriter(remembering);
  }

  /** Returns why writing failed, if it did. */
  public Optional<IOException> failure() {
    return remembering.failure;
  }

  /** Returns a line as printed, with styles as escape sequences. */
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

  /** Prints a text of several lines. */
  public void printLines(String text) {
    text.lines().forEach(this::println);
  }

  /** Prints this program's own control sequence unchanged. */
  void control(String sequence) {
    super.write(sequence, 0, sequence.length());
  }

  /** Returns a writer for this program's own texts, such as help, which it prints unchanged. */
  public PrintWriter ofOwnTexts() {
    return own;
  }
}
