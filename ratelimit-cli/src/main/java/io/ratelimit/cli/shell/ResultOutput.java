package io.ratelimit.cli.shell;

import picocli.CommandLine.Option;

/** How a result is printed: for a person, or as JSON. */
public final class ResultOutput {

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  /** Prints a result for a script, or the lines that say the same to a person. */
  public void print(Terminal terminal, Object result, Iterable<String> lines) {
    if (json) {
      terminal.out().printLines(Json.write(result));
    } else {
      terminal.printLines(lines);
    }
  }
}
