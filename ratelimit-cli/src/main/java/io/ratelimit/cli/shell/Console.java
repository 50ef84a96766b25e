package io.ratelimit.cli.shell;

/** Prints lines and, if possible, a status line below them that is overwritten. Thread-safe. */
public final class Console {

  private static final String TO_START = "\r";
  private static final String ERASE_TO_END = "\u001b[K";

  private final PrintableWriter writer;
  private final boolean live;
  private String status = "";

  /**
   * @param live whether a line can be overwritten
   */
  public Console(PrintableWriter writer, boolean live) {
    this.writer = writer;
    this.live = live;
  }

  /** Prints a line above the status line. */
  public synchronized void line(String text) {
    if (status.isEmpty()) {
      writer.println(text);
    } else {
      writer.control(TO_START + ERASE_TO_END);
      writer.println(text);
      writer.print(status);
    }
    writer.flush();
  }

  /** Overwrites the status line; it must fit the width of the terminal. Empty removes it. */
  public synchronized void status(String text) {
    if (live && !text.equals(status)) {
      status = text;
      writer.control(TO_START);
      writer.print(text);
      writer.control(ERASE_TO_END);
      writer.flush();
    }
  }

  /** Returns whether nobody reads the output any more. */
  public synchronized boolean isClosed() {
    return writer.checkError();
  }
}
