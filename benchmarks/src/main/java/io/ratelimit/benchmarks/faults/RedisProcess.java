package io.ratelimit.benchmarks.faults;

import io.ratelimit.benchmarks.faults.judge.Resp;
import io.ratelimit.testkit.server.Loopback;
import io.ratelimit.testkit.server.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server with its own port and folder. It keeps nothing on disk unless its settings say so.
 * The user {@code admin} may always do everything.
 */
final class RedisProcess implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 20;
  private static final long PAUSE_MILLIS = 20;

  private final int port = Loopback.freePort();
  private final Path directory;
  private final Map<String, String> environment;
  private Process process;

  /**
   * Starts a server and waits until it answers.
   *
   * @param settings further lines of its configuration
   * @param environment further variables of its environment
   */
  RedisProcess(Path directory, List<String> settings, Map<String, String> environment)
      throws IOException, InterruptedException {
    this.directory = Files.createDirectories(directory);
    this.environment = environment;
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "port " + port,
            "bind 127.0.0.1",
            "dir " + directory,
            "save \"\"",
            "appendonly no",
            "user admin on >admin ~* &* +@all"));
    lines.addAll(settings);
    Files.write(directory.resolve("redis.conf"), lines);
    process = launch();
    awaitAnswer();
  }

  private Process launch() throws IOException {
    String named = System.getenv("RATELIMIT_REDIS_SERVER");
    ProcessBuilder builder =
        new ProcessBuilder(named == null || named.isBlank() ? "redis-server" : named, "-")
            .redirectInput(directory.resolve("redis.conf").toFile())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("redis.log").toFile()));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    IOException last = null;
    while (System.nanoTime() < until && process.isAlive()) {
      last = obstacle();
      if (last == null) {
        return;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    close();
    throw new IOException("redis-server does not answer; see " + directory, last);
  }

  private @Nullable IOException obstacle() {
    try (Resp redis = connect()) {
      Object unused = redis.call("PING");
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  int port() {
    return port;
  }

  /** Connects as {@code admin}. */
  Resp connect() throws IOException {
    Resp redis = new Resp(port);
    try {
      Object unused = redis.call("AUTH", "admin", "admin");
      return redis;
    } catch (IOException e) {
      redis.close();
      throw e;
    }
  }

  /** Sends one command as {@code admin}. */
  void tell(String... command) throws IOException {
    try (Resp redis = connect()) {
      Object unused = redis.call(command);
    }
  }

  /** Kills the process, like a crash. */
  void kill() throws InterruptedException {
    int unused = process.destroyForcibly().waitFor();
  }

  /** Stops the process, like an operator. */
  void stop() throws InterruptedException {
    process.destroy();
    int unused = process.waitFor();
  }

  /** Starts the server again, in the same folder. */
  void startAgain() throws IOException, InterruptedException {
    process = launch();
    awaitAnswer();
  }

  void suspend() {
    Signals.suspend(process.toHandle());
  }

  void resume() {
    Signals.resume(process.toHandle());
  }

  @Override
  public void close() {
    Process unused = process.destroyForcibly();
  }
}
