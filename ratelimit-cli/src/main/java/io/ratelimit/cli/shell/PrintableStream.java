package io.ratelimit.cli.shell;

import io.ratelimit.core.internal.check.Printable;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * A stream for a log on standard error that makes all lines printable, whatever a message contains.
 * It writes a line at its end, or when it gets very long.
 */
public final class PrintableStream extends OutputStream {

  private static final int LONGEST_LINE = 65_536;

  private final PrintStream out;
  private final Charset charset;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private PrintableStream(PrintStream out, Charset charset) {
    this.out = out;
    this.charset = charset;
  }

  /** Returns a stream that replaces one with this charset. */
  public static PrintStream over(PrintStream out, Charset charset) {
    return new PrintStream(new PrintableStream(out, charset), true, charset);
  }

  @Override
  public synchronized void write(int character) {
    if (character == '\n') {
      endLine();
      return;
    }
    line.write(character);
    if (line.size() >= LONGEST_LINE) {
      endLine();
    }
  }

  private void endLine() {
    // Stack traces are indented.
    out.println(Printable.text(line.toString(charset).replace("\t", "    ")));
    out.flush();
    line.reset();
  }
}
