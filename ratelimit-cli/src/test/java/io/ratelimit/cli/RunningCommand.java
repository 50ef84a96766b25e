package io.ratelimit.cli;

import static org.awaitility.Awaitility.await;

import io.ratelimit.cli.shell.PrintableWriter;
import io.ratelimit.cli.shell.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A command that runs in this JVM until nobody reads its output any more. */
public final class RunningCommand implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Keeps the output until it is abandoned. */
  private static final class Output extends Writer {
    private final StringBuilder text = new StringBuilder();
    private boolean unread;

    @Override
    public synchronized void write(char[] characters, int offset, int length) throws IOException {
      flush();
      text.append(characters, offset, length);
    }

    @Override
    public synchronized void flush() throws IOException {
      if (unread) {
        throw new IOException("nobody reads this any more");
      }
    }

    synchronized String text() {
      return text.toString();
    }

    synchronized void leaveUnread() {
      unread = true;
    }

    @Override
    public void close() {}
  }

  private final Output output = new Output();
  private final CompletableFuture<Integer> exitCode;

  private RunningCommand(String... arguments) {
    PrintableWriter writer = new PrintableWriter(output);
    Terminal terminal =
        new Terminal(writer, writer, false, false, false, true, () -> CommandRun.WIDTH);
    this.exitCode =
        CompletableFuture.supplyAsync(
            () -> Cli.run(terminal, InputStream.nullInputStream(), Map.of(), arguments));
  }

  /** Starts a command. */
  public static RunningCommand of(String... arguments) {
    return new RunningCommand(arguments);
  }

  /** Waits for a line with this beginning, and returns the rest of it. */
  public String awaitLine(String beginning) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> output.text().lines().filter(line -> line.startsWith(beginning)).findFirst(),
            Optional::isPresent)
        .orElseThrow()
        .substring(beginning.length())
        .strip();
  }

  public boolean isRunning() {
    return !exitCode.isDone();
  }

  @Override
  public void close() {
    output.leaveUnread();
    await().atMost(PATIENCE).until(exitCode::isDone);
  }
}
