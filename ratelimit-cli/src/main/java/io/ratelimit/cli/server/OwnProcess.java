package io.ratelimit.cli.server;

import io.ratelimit.core.time.Time;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A server process that a command starts for itself, with a folder that only this user can read.
 * Both are gone when this is closed, or within seconds after this program has ended, even if it was
 * killed: a shell beside the server waits for the end of a pipe whose other end only this program
 * holds.
 *
 * <p>A terminal sends Ctrl-C to every process of its session, which would end a server before the
 * command has ended gracefully, so the server gets its own session, if the machine supports that.
 */
public final class OwnProcess implements AutoCloseable {

  private static final String SHELL = "/bin/sh";
  private static final String LAUNCHER = "setsid";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int SECONDS_TO_END = 5;
  private static final String PREFIX = "ratelimit-server-";
  private static final String OUTPUT = "output";
  private static final int LONGEST_OUTPUT = 65_536;

  /** The first argument is the folder; the rest is the command, which keeps the process id. */
  private static final String TIED =
      """
      folder=$1
      shift
      exec 3<&0
      (
        read -r _ <&3
        kill -TERM $$
        for i in 1 2 3 4 5; do
          kill -0 $$ || break
          sleep 1
        done
        kill -KILL $$
        rm -rf -- "$folder"
      ) >/dev/null 2>&1 &
      exec "$@" </dev/null 3<&-
      """;

  private final Process process;
  private final InputStream output;

  private OwnProcess(Process process, InputStream output) {
    this.process = process;
    this.output = output;
  }

  /** Creates the command for a new, empty folder. */
  interface Recipe {
    /** Returns the command; may write files into the folder. */
    List<String> commandIn(Path folder) throws IOException, InterruptedException;
  }

  /**
   * Starts a server.
   *
   * @throws IOException if the program, or a shell to watch it, cannot be run
   */
  static OwnProcess start(Recipe recipe) throws IOException, InterruptedException {
    // With an unpredictable name, and for this user only.
    Path folder = Files.createTempDirectory(PREFIX);
    try {
      Path written = Files.createFile(folder.resolve(OUTPUT));
      List<String> command = recipe.commandIn(folder);
      // Opened while the folder certainly exists.
      InputStream output = Files.newInputStream(written);
      return new OwnProcess(launch(folder, command, written), output);
    } catch (IOException | InterruptedException | RuntimeException failure) {
      discard(folder);
      throw failure;
    }
  }

  private static Process launch(Path folder, List<String> command, Path written)
      throws IOException {
    List<String> tied = new ArrayList<>();
    onPath(LAUNCHER).ifPresent(tied::add);
    tied.addAll(List.of(SHELL, "-c", TIED, SHELL, folder.toString()));
    tied.addAll(command);
    return new ProcessBuilder(tied)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(Redirect.to(written.toFile()))
        .start();
  }

  private static void discard(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** Returns the path of a program on the {@code PATH}. */
  public static Optional<String> onPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator))
        .map(directory -> new File(directory, program))
        .filter(File::canExecute)
        .findFirst()
        .map(File::getPath);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits until the server answers.
   *
   * @param server its name in messages
   * @param answers whether the server answers
   * @throws PortTakenException if it ends because its port is taken
   * @throws IOException if it ends otherwise, or does not answer in time
   */
  void awaitAnswer(String server, BooleanSupplier answers)
      throws IOException, InterruptedException {
    Time time = Time.system();
    Instant end = time.now().plus(PATIENCE);
    while (!answers.getAsBoolean()) {
      if (!isAlive()) {
        String said = output();
        throw said.toLowerCase(Locale.ROOT).contains("address already in use")
            ? new PortTakenException(said)
            : new IOException(server + " ends; it said: " + said);
      }
      if (time.now().isAfter(end)) {
        throw new IOException(
            "%s does not answer after %d s; it said: %s"
                .formatted(server, PATIENCE.toSeconds(), output()));
      }
      time.sleep(PAUSE);
    }
  }

  /** Returns its output, once. */
  private String output() throws IOException {
    return new String(output.readNBytes(LONGEST_OUTPUT), StandardCharsets.UTF_8).strip();
  }

  /** Ends the server, and waits for its end. Closing again does nothing. */
  @Override
  public void close() {
    try (output) {
      end();
    } catch (IOException failure) {
      throw new UncheckedIOException("what a server wrote cannot be closed", failure);
    }
  }

  private void end() {
    process.destroy();
    try {
      if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException hurry) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
