package io.ratelimit.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real Temporal server in a separate process, on a free port of the loopback address, with its
 * data in memory. It is the development server of the {@code temporal} command, which must be on
 * the {@code PATH}. It ends when it is closed, or when the JVM ends.
 */
public final class DevServer implements AutoCloseable {

  /** The namespace that the server has from its start. */
  public static final String NAMESPACE = "default";

  private static final String PROGRAM = "temporal";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

  private static Optional<DevServer> shared = Optional.empty();

  private final String target;
  private final ServerProcess server;

  private DevServer(String target, ServerProcess server) {
    this.target = target;
    this.server = server;
  }

  /** Returns whether the {@code temporal} command is on the {@code PATH}. */
  public static boolean isInstalled() {
    return Programs.find(PROGRAM).isPresent();
  }

  /**
   * Returns the server that all tests of this JVM share, and starts it for the first of them. It
   * ends with the JVM; do not close it. If the {@code temporal} command is missing, the calling
   * test is skipped, or fails if the environment variable {@code CI} is set.
   *
   * @throws IllegalStateException as for {@link #start}
   * @throws UncheckedIOException as for {@link #start}
   */
  public static synchronized DevServer shared() {
    if (shared.isEmpty()) {
      if (System.getenv("CI") != null) {
        assertThat(isInstalled())
            .as("the temporal command is on the PATH, as CI needs it")
            .isTrue();
      }
      assumeTrue(isInstalled(), "there is no temporal command on the PATH");
      shared = Optional.of(start());
    }
    return shared.get();
  }

  /**
   * Starts a server and waits, at most a minute, until it answers and has its {@linkplain
   * #NAMESPACE namespace}.
   *
   * @param options further options of {@code temporal server start-dev}
   * @throws IllegalStateException if there is no {@code temporal} command, or it ends, or does not
   *     answer in time
   * @throws UncheckedIOException if the command cannot be run
   */
  public static DevServer start(String... options) {
    String program =
        Programs.find(PROGRAM)
            .map(Path::toString)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "there is no temporal command on the PATH: install the Temporal CLI"));
    return ServerProcess.startOnFreePort(
        Loopback::freePort, port -> startAt(port, program, List.of(options)));
  }

  private static DevServer startAt(int port, String program, List<String> options) {
    String target = Loopback.ADDRESS + ":" + port;
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program, "server", "start-dev", "--headless"));
    command.addAll(List.of("--ip", Loopback.ADDRESS, "--port", Integer.toString(port)));
    command.addAll(List.of("--log-level", "error"));
    command.addAll(options);
    Path directory = ServerProcess.newDirectory("ratelimit-temporal");
    return new DevServer(
        target,
        ServerProcess.start(
            directory,
            command,
            "",
            process -> process.isAlive() && answers(program, target),
            PATIENCE));
  }

  /** Checks the namespace too: the server answers before it has created it. */
  private static boolean answers(String program, String target) {
    ProcessBuilder question =
        new ProcessBuilder(
                List.of(
                    program,
                    "operator",
                    "namespace",
                    "describe",
                    "--namespace",
                    NAMESPACE,
                    "--address",
                    target))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD);
    // The environment's own key and certificates belong to another server.
    question.environment().keySet().removeIf(name -> name.startsWith("TEMPORAL_"));
    try {
      Process asking = question.start();
      try {
        return asking.waitFor(ANSWERS_WITHIN.toSeconds(), TimeUnit.SECONDS)
            && asking.exitValue() == 0;
      } finally {
        asking.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + program, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Returns host and port, as a client wants them: {@code 127.0.0.1:port}. */
  public String target() {
    return target;
  }

  /** Returns the process that the server runs in, or ran in if it has ended. */
  public ProcessHandle process() {
    return server.handle();
  }

  /** Ends the process, and what it knows with it. Closing again does nothing. */
  @Override
  public void close() {
    server.close();
  }
}
