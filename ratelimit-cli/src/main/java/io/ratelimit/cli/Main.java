package io.ratelimit.cli;

import io.ratelimit.cli.shell.PrintableStream;
import io.ratelimit.cli.shell.Terminal;

/** Starts the command line. */
public final class Main {

  /** Runs a command, and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.setErr(PrintableStream.over(System.err, Terminal.charset()));
    System.exit(Cli.run(args));
  }

  private Main() {}
}
