package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Temporal server on this machine, with its data in memory: one for all tests of a JVM,
 * which ends with it. It needs the {@code temporal} command; where there is none, tests are
 * skipped, but not in CI.
 */
final class DevServer {

  static final String NAMESPACE = "default";

  private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

  private static Optional<DevServer> shared = Optional.empty();

  private final Process process;
  private final String target;

  private DevServer(Process process, String target) {
    this.process = process;
    this.target = target;
  }

  /** The server that all tests share. */
  static synchronized DevServer shared() {
    if (shared.isEmpty()) {
      shared = Optional.of(start());
    }
    return shared.get();
  }

  private static DevServer start() {
    Optional<Path> command = command();
    if (System.getenv("CI") != null) {
      assertThat(command).as("the temporal command, on the PATH in CI").isPresent();
    }
    assumeTrue(command.isPresent(), "there is no temporal command on the PATH");
    try {
      int port = freePort();
      Process process =
          new ProcessBuilder(
                  command.get().toString(),
                  "server",
                  "start-dev",
                  "--headless",
                  "--ip",
                  "127.0.0.1",
                  "--port",
                  Integer.toString(port),
                  "--log-level",
                  "error")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      DevServer server = new DevServer(process, "127.0.0.1:" + port);
      server.awaitReady();
      return server;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Optional<Path> command() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, "temporal"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** It answers before it has made its namespace. */
  private void awaitReady() {
    Instant until = Instant.now().plus(STARTS_WITHIN);
    while (true) {
      try {
        client("readiness").close();
        return;
      } catch (ManagerException notYet) {
        if (!process.isAlive() || Instant.now().isAfter(until)) {
          throw notYet;
        }
        pause();
      }
    }
  }

  private void pause() {
    try {
      boolean unused = process.waitFor(100, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  /** Host and port. */
  String target() {
    return target;
  }

  RateLimitClient client(String taskQueue) {
    return RateLimitClient.connect(target, NAMESPACE, taskQueue);
  }
}
