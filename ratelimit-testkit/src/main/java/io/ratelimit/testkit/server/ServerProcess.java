package io.ratelimit.testkit.server;

import io.ratelimit.core.time.Time;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A server process with its own folder; closing it or ending the JVM removes both. */
final class ServerProcess implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(20);
  private static final int LINES_TOLD = 20;
  private static final int STARTS = 5;

  /** Says that the process ended before it was ready. */
  static final class EndedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    EndedException(String message) {
      super(message);
    }
  }

  private final Path directory;
  private final List<String> command;
  private final Path input;
  private final Predicate<ProcessHandle> ready;
  private final Duration patience;
  private final Thread atExit = new Thread(this::discard, "ends a test's server");
  private volatile Process process;

  private ServerProcess(
      Path directory,
      List<String> command,
      String input,
      Predicate<ProcessHandle> ready,
      Duration patience) {
    this.directory = directory;
    this.command = List.copyOf(command);
    this.ready = ready;
    this.patience = patience;
    try {
      this.input = Files.writeString(directory.resolve("input"), input);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.process = launch();
  }

  /**
   * Starts a process and waits until it is ready.
   *
   * @param directory the process's working directory, deleted with it
   * @param input its standard input, each time it starts
   * @param ready tells whether this process answers, and not another one on its port; polled until
   *     true
   * @throws EndedException if it ends
   * @throws IllegalStateException if it is not ready in time
   */
  static ServerProcess start(
      Path directory,
      List<String> command,
      String input,
      Predicate<ProcessHandle> ready,
      Duration patience) {
    ServerProcess server = new ServerProcess(directory, command, input, ready, patience);
    Runtime.getRuntime().addShutdownHook(server.atExit);
    server.awaitReady();
    return server;
  }

  /**
   * Starts a server on a free port, and tries other ports if it ends at once: another process may
   * have taken the port in the meantime, or one that the server chooses for itself.
   *
   * @throws EndedException if it ends each time
   */
  static <T> T startOnFreePort(IntSupplier freePort, IntFunction<T> start) {
    for (int left = STARTS - 1; ; left--) {
      try {
        return start.apply(freePort.getAsInt());
      } catch (EndedException e) {
        if (left == 0) {
          throw e;
        }
      }
    }
  }

  static Path newDirectory(String prefix) {
    try {
      return Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a folder for a server", e);
    }
  }

  private Process launch() {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(input.toFile())
            .redirectOutput(Redirect.appendTo(log()));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.get(0), e);
    }
  }

  private File log() {
    return directory.resolve("server.log").toFile();
  }

  private void awaitReady() {
    Time time = Time.system();
    Instant until = time.now().plus(patience);
    try {
      while (!ready.test(handle())) {
        if (!process.isAlive()) {
          throw new EndedException(
              program() + " ended with status " + process.exitValue() + "; it said:" + lastLines());
        }
        if (time.now().isAfter(until)) {
          throw new IllegalStateException(
              program() + " does not answer after " + patience + "; it said:" + lastLines());
        }
        time.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted before " + program() + " answered", e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private String program() {
    return command.get(0);
  }

  private String lastLines() {
    try {
      List<String> lines = Files.readAllLines(log().toPath());
      int from = Math.max(0, lines.size() - LINES_TOLD);
      return "\n" + String.join("\n", lines.subList(from, lines.size()));
    } catch (IOException e) {
      return " nothing that can be read (" + e.getMessage() + ")";
    }
  }

  Path directory() {
    return directory;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Kills it and its children, like a crash, and waits until they are gone. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    awaitEnd();
  }

  /** Asks it to end, and waits. */
  void stop() {
    process.destroy();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            program() + ", process " + process.pid() + ", does not end within " + ENDS_WITHIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted before " + program() + " ended", e);
    }
  }

  /** Starts it again once it has ended, in the same folder, and waits until it is ready. */
  void startAgain() {
    if (process.isAlive()) {
      throw new IllegalStateException(
          program() + ", process " + process.pid() + ", still runs: stop or kill it first");
    }
    process = launch();
    awaitReady();
  }

  private void discard() {
    kill();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + directory, e);
    }
  }

  /** Kills it and deletes its folder. */
  @Override
  public void close() {
    if (Files.exists(directory)) {
      discard();
    }
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      return; // The JVM is ending; the hook has done the work.
    }
  }
}
