package io.ratelimit.cli;

import io.ratelimit.cli.shell.PrintableWriter;
import io.ratelimit.cli.shell.Terminal;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The output and the exit code of a command.
 *
 * @param exitCode its exit code
 * @param out standard output
 * @param err standard error
 */
public record CommandRun(int exitCode, String out, String err) {

  public static final int WIDTH = 80;

  /** Returns a terminal that discards output: no colors, {@link #WIDTH} wide. */
  public static Terminal plainTerminal() {
    PrintableWriter nowhere = new PrintableWriter(new StringWriter());
    return new Terminal(nowhere, nowhere, false, false, false, true, () -> WIDTH);
  }

  /** Runs a command in this JVM, without a terminal. */
  public static CommandRun of(String... args) {
    return withInput("", args);
  }

  /** Runs a command with standard input. */
  public static CommandRun withInput(String input, String... args) {
    return withInput(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), args);
  }

  public static CommandRun withInput(InputStream input, String... args) {
    return on(false, false, input, args);
  }

  /** Runs a command on a terminal whose last line can be overwritten. */
  public static CommandRun onTerminal(boolean colors, String... args) {
    return on(true, colors, InputStream.nullInputStream(), args);
  }

  /** Runs a command in an environment. */
  public static CommandRun in(Map<String, String> environment, String... args) {
    return on(false, false, InputStream.nullInputStream(), environment, args);
  }

  private static CommandRun on(boolean live, boolean colors, InputStream input, String... args) {
    return on(live, colors, input, Map.of(), args);
  }

  private static CommandRun on(
      boolean live,
      boolean colors,
      InputStream input,
      Map<String, String> environment,
      String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new PrintableWriter(out),
            new PrintableWriter(err),
            live,
            live,
            colors,
            true,
            () -> WIDTH);
    int exitCode = Cli.run(terminal, input, environment, args);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  public List<String> outLines() {
    return out.lines().toList();
  }

  public List<String> errLines() {
    return err.lines().toList();
  }
}
