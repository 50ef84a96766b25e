package io.ratelimit.cli.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/** Lines that fill a terminal and are redrawn in place; what was there before comes back. */
public final class LiveScreen implements AutoCloseable {

  private final org.jline.terminal.Terminal terminal;
  private final Display display;

  private LiveScreen(org.jline.terminal.Terminal terminal) {
    this.terminal = terminal;
    this.display = new Display(terminal, true);
  }

  /** That of this process. */
  public static LiveScreen open() {
    try {
      LiveScreen screen = new LiveScreen(TerminalBuilder.builder().system(true).build());
      screen.terminal.puts(Capability.enter_ca_mode);
      screen.terminal.puts(Capability.cursor_invisible);
      return screen;
    } catch (IOException failure) {
      throw new UncheckedIOException("the terminal cannot be used", failure);
    }
  }

  /** Shows as much of the lines as there is room for. */
  public void show(List<String> lines) {
    Size size = terminal.getSize();
    display.resize(size);
    display.update(
        lines.stream()
            .limit(size.getRows())
            .map(line -> AttributedString.fromAnsi(PrintableWriter.shown(line)))
            .map(line -> line.columnSubSequence(0, size.getColumns()))
            .toList(),
        0);
    terminal.flush();
  }

  @Override
  public void close() {
    terminal.puts(Capability.cursor_visible);
    terminal.puts(Capability.exit_ca_mode);
    terminal.flush();
    try {
      terminal.close();
    } catch (IOException failure) {
      throw new UncheckedIOException("the terminal cannot be given back", failure);
    }
  }
}
