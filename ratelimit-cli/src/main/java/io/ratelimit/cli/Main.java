package io.ratelimit.cli;

/** Starts the command line. */
public final class Main {

  /** Runs a command, and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(Cli.run(args));
  }

  private Main() {}
}
