package io.ratelimit.cli.shell;

import io.ratelimit.core.time.Time;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOError;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Curses;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * The process's terminal, filled with lines that are redrawn in place and read key by key. Its
 * previous contents return when this is closed, or when the process must end; lines logged in the
 * meantime are printed then.
 */
public final class LiveScreen implements Screen, AutoCloseable {

  private final Terminal terminal;
  private final Display display;
  private final Attributes before;
  private final KeyReader keys;
  private final PrintStream errors = System.err;
  private final Held held = new Held();
  private final Thread hook = new Thread(this::restore, "terminal");
  private final byte[] restoring;
  private boolean restored;

  private LiveScreen(Terminal terminal) {
    this.terminal = terminal;
    this.display = new Display(terminal, true);
    this.before = terminal.enterRawMode();
    this.keys = new KeyReader(most -> terminal.reader().read(most));
    this.restoring =
        (sequence(Capability.cursor_visible) + sequence(Capability.exit_ca_mode))
            .getBytes(StandardCharsets.US_ASCII);
  }

  private String sequence(Capability capability) {
    String known = terminal.getStringCapability(capability);
    return known == null ? "" : Curses.tputs(known);
  }

  /** Opens the screen of this process. */
  public static LiveScreen open() {
    try {
      LiveScreen screen = new LiveScreen(TerminalBuilder.builder().system(true).build());
      screen.begin();
      return screen;
    } catch (IOException failure) {
      throw new UncheckedIOException("the terminal cannot be used", failure);
    }
  }

  private void begin() {
    Runtime.getRuntime().addShutdownHook(hook);
    System.setErr(new PrintStream(held, true, StandardCharsets.UTF_8));
    // Ctrl-C is a key, so that holding it down does not end the process and leave the terminal as
    // it is.
    Attributes raw = terminal.getAttributes();
    raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
    terminal.setAttributes(raw);
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    terminal.flush();
  }

  @Override
  public int columns() {
    return Math.max(1, terminal.getSize().getColumns());
  }

  @Override
  public int rows() {
    return Math.max(1, terminal.getSize().getRows());
  }

  @Override
  public synchronized void show(List<AttributedString> lines) {
    if (restored) {
      return;
    }
    Size size = terminal.getSize();
    display.resize(size);
    display.update(
        lines.stream()
            .limit(size.getRows())
            .map(line -> line.columnSubSequence(0, size.getColumns()))
            .toList(),
        0);
    terminal.flush();
  }

  @Override
  public Optional<Key> key(Duration most) {
    try {
      if (!keys.isEnded()) {
        return keys.read(most);
      }
      Time.system().sleep(most);
      return Optional.empty();
    } catch (IOException | InterruptedException | IOError ended) {
      return Optional.of(Key.of(Key.Kind.INTERRUPT));
    }
  }

  /**
   * Restores the terminal. Bypasses JLine, which closes it by itself when the process must end, and
   * leaves the drawing on it.
   */
  private synchronized void restore() {
    if (restored) {
      return;
    }
    restored = true;
    try {
      terminal.setAttributes(before);
    } catch (IOError closedAlready) {
      // JLine has restored it.
    }
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    try {
      out.write(restoring);
      out.flush();
    } catch (IOException gone) {
      // The terminal is gone, and so is its reader.
    }
    System.setErr(errors);
    errors.print(held.toString(StandardCharsets.UTF_8));
    errors.flush();
  }

  @Override
  public void close() {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endingAlready) {
      // The hook has nothing left to do.
    }
    try {
      terminal.close();
    } catch (IOException failure) {
      throw new UncheckedIOException("the terminal cannot be restored", failure);
    }
  }

  /** Holds back output until the screen is gone; keeps only the beginning. */
  private static final class Held extends ByteArrayOutputStream {
    private static final int MOST_BYTES = 1 << 16;

    @Override
    public synchronized void write(int value) {
      if (count < MOST_BYTES) {
        super.write(value);
      }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, Math.min(length, Math.max(0, MOST_BYTES - count)));
    }
  }
}
