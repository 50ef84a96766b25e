package io.ratelimit.cli.shell;

import io.ratelimit.core.time.Time;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/**
 * The output of a process, and its capabilities.
 *
 * @param out standard output
 * @param err standard error
 * @param outIsLive whether a line on standard output can be overwritten, because it is a terminal
 *     that can move its cursor
 * @param errIsLive whether a line on standard error can be overwritten
 * @param colors whether to use colors
 * @param unicode whether Unicode blocks and lines can be drawn, or only ASCII
 * @param width returns the current number of columns
 */
public record Terminal(
    PrintableWriter out,
    PrintableWriter err,
    boolean outIsLive,
    boolean errIsLive,
    boolean colors,
    boolean unicode,
    IntSupplier width) {

  private static final int DEFAULT_WIDTH = 80;
  private static final int NARROWEST = 20;

  /** How wide the column of labels is on all screens. */
  private static final int LABEL = 12;

  private static final String DRAWN = "█▁░│┤…≤×";

  /** Returns the terminal of this process. */
  public static Terminal ofThisProcess() {
    Map<String, String> env = System.getenv();
    Charset charset = charset();
    boolean unicode = charset.newEncoder().canEncode(DRAWN);
    int terminals = terminals();
    boolean dumb = "dumb".equals(env.get("TERM"));
    boolean outIsTerminal = (terminals & 1) != 0;
    boolean errIsTerminal = (terminals & 2) != 0;
    return new Terminal(
        writer(FileDescriptor.out, charset, unicode),
        writer(FileDescriptor.err, charset, unicode),
        outIsTerminal && !dumb,
        errIsTerminal && !dumb,
        outIsTerminal && !dumb && env.getOrDefault("NO_COLOR", "").isEmpty(),
        unicode,
        width(env.getOrDefault("COLUMNS", ""), outIsTerminal || errIsTerminal));
  }

  /** Returns a writer other than those of {@link System}, which hide failures. */
  private static PrintableWriter writer(FileDescriptor file, Charset charset, boolean unicode) {
    Writer encoded =
        new OutputStreamWriter(new BufferedOutputStream(new FileOutputStream(file)), charset);
    return new PrintableWriter(unicode ? encoded : new AsciiWriter(encoded));
  }

  /** Returns the charset of standard output and, on all systems that matter, of standard error. */
  public static Charset charset() {
    // The first is available since Java 19, the second before, and only on a terminal.
    return Stream.of("stdout.encoding", "sun.stdout.encoding", "native.encoding")
        .map(System::getProperty)
        .filter(name -> name != null && Charset.isSupported(name))
        .findFirst()
        .map(Charset::forName)
        .orElse(Charset.defaultCharset());
  }

  /** Returns 1 if standard output is a terminal, plus 2 if standard error is one. */
  private static int terminals() {
    try {
      Process test =
          new ProcessBuilder("sh", "-c", "t=0; test -t 1 && t=1; test -t 2 && t=$((t+2)); exit $t")
              .inheritIO()
              .start();
      return test.waitFor();
    } catch (IOException noShell) {
      return 0;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static IntSupplier width(String columns, boolean terminal) {
    if (columns.matches("[1-9]\\d{0,3}")) {
      int fixed = Math.max(NARROWEST, Integer.parseInt(columns));
      return () -> fixed;
    }
    return terminal ? new AskedWidth() : () -> DEFAULT_WIDTH;
  }

  /** The width of the terminal, refreshed every second, since it may be resized. */
  private static final class AskedWidth implements IntSupplier {
    private static final Duration TRUSTED_FOR = Duration.ofSeconds(1);

    private Instant askAgainAt = Instant.MIN;
    private int width = DEFAULT_WIDTH;

    @Override
    public synchronized int getAsInt() {
      Instant now = Time.system().now();
      if (!now.isBefore(askAgainAt)) {
        askAgainAt = now.plus(TRUSTED_FOR);
        width = ask();
      }
      return width;
    }
  }

  private static int ask() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      String[] rowsAndColumns = size.strip().split(" ", -1);
      return rowsAndColumns.length == 2 && rowsAndColumns[1].matches("[1-9]\\d{0,3}")
          ? Math.max(NARROWEST, Integer.parseInt(rowsAndColumns[1]))
          : DEFAULT_WIDTH;
    } catch (IOException noStty) {
      return DEFAULT_WIDTH;
    }
  }

  /** Returns the longest line; unlimited if the output is not a terminal. */
  public int lineLength(boolean live) {
    return live ? width.getAsInt() : Integer.MAX_VALUE;
  }

  /**
   * Prints lines for a person. On a terminal, those that are too long are broken between words, and
   * continued under their text where that is beside a label.
   */
  public void printLines(Iterable<String> lines) {
    int length = lineLength(outIsLive);
    for (String line : lines) {
      // What has a style is short.
      if (line.length() <= length || line.contains(Style.MARK)) {
        out.println(line);
      } else {
        boolean labeled = line.startsWith(" ", LABEL - 1);
        Texts.hanging(line, labeled ? LABEL : 2, length).stream()
            .map(String::stripTrailing)
            .forEach(out::println);
      }
    }
  }

  /** Returns a text in a style, if colors are used. */
  public String styled(Style style, String text) {
    return colors ? style.code() + text + Style.RESET : text;
  }
}
