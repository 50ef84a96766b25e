package io.ratelimit.cli.shell;

import picocli.CommandLine.Option;

/** Prints results for people, or as JSON. */
public final class ResultOutput {

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  /** Prints a result as JSON, or as lines for people. */
  public void print(Terminal terminal, Object result, Iterable<String> lines) {
    if (json) {
      terminal.out().printLines(Json.write(result));
    } else {
      terminal.printLines(lines);
    }
  }
}
