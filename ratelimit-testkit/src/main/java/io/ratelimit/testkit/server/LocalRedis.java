package io.ratelimit.testkit.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server in a separate process, on a free port of the loopback address, which can be
 * killed, stopped, suspended and started again. It keeps nothing on disk unless its settings say
 * so, and ends when it is closed or when the JVM ends.
 *
 * <p>The program is the one that the environment variable {@code RATELIMIT_REDIS_SERVER} names, or
 * else {@code redis-server} on the {@code PATH}, or else the one in {@code
 * com.github.codemonstur:embedded-redis}, an optional dependency.
 *
 * <p>Everything here waits for the server: at most 20 seconds until it answers or ends.
 */
public final class LocalRedis implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int PING_MILLIS = 1_000;
  private static final int PORT_ATTEMPTS = 1_000;
  private static final int CLUSTER_PORT_OFFSET = 10_000;
  private static final int LARGEST_PORT = 65_535;

  private static @Nullable String bundled;

  private final int port;
  private final ServerProcess server;

  private LocalRedis(int port, ServerProcess server) {
    this.port = port;
    this.server = server;
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param settings further lines of its configuration, such as {@code maxmemory-policy
   *     allkeys-lru}; they win over what is set here, except for the port
   * @throws IllegalStateException if there is no program, or it ends, or does not answer in time
   * @throws UncheckedIOException if the program cannot be run
   */
  public static LocalRedis start(String... settings) {
    return ServerProcess.startOnFreePort(LocalRedis::freePort, port -> startAt(port, settings));
  }

  static LocalRedis startAt(int port, String... settings) {
    Path directory = ServerProcess.newDirectory("ratelimit-redis");
    List<String> lines = new ArrayList<>();
    lines.addAll(List.of("bind " + Loopback.ADDRESS, "dir " + directory));
    lines.addAll(List.of("save \"\"", "appendonly no"));
    lines.addAll(List.of(settings));
    lines.add("port " + port);
    // Reads from standard input, so CONFIG REWRITE has no file to change, and a restart restores
    // the settings.
    return new LocalRedis(port, launch(port, directory, List.of(program(), "-"), lines));
  }

  /**
   * Starts a Sentinel that alone decides when to fail over from a master, one second after it last
   * answered.
   *
   * @param name what the Sentinel calls the master
   * @throws IllegalStateException as for {@link #start}
   * @throws UncheckedIOException as for {@link #start}
   */
  public static LocalRedis startSentinel(String name, LocalRedis master) {
    return ServerProcess.startOnFreePort(
        LocalRedis::freePort, port -> startSentinelAt(port, name, master));
  }

  private static LocalRedis startSentinelAt(int port, String name, LocalRedis master) {
    Path directory = ServerProcess.newDirectory("ratelimit-sentinel");
    List<String> lines =
        List.of(
            "port " + port,
            "bind " + Loopback.ADDRESS,
            "dir " + directory,
            "sentinel monitor " + name + " " + Loopback.ADDRESS + " " + master.port() + " 1",
            "sentinel down-after-milliseconds " + name + " 1000",
            "sentinel failover-timeout " + name + " 5000");
    try {
      // A Sentinel stores its state in its configuration file.
      Path file = Files.write(directory.resolve("sentinel.conf"), lines);
      List<String> command = List.of(program(), file.toString(), "--sentinel");
      return new LocalRedis(port, launch(port, directory, command, List.of()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the Sentinel's configuration", e);
    }
  }

  private static ServerProcess launch(
      int port, Path directory, List<String> command, List<String> input) {
    String lines = String.join("\n", input) + "\n";
    return ServerProcess.start(
        directory, command, lines, process -> answers(port, process), PATIENCE);
  }

  /** Returns a free port whose cluster bus port, 10,000 above it, is free, too. */
  private static int freePort() {
    for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      int port = Loopback.freePort();
      if (port + CLUSTER_PORT_OFFSET <= LARGEST_PORT
          && Loopback.isFree(port + CLUSTER_PORT_OFFSET)) {
        return port;
      }
    }
    throw new IllegalStateException(
        "there are no two free ports " + CLUSTER_PORT_OFFSET + " apart");
  }

  private static String program() {
    String named = System.getenv("RATELIMIT_REDIS_SERVER");
    if (named != null && !named.isBlank()) {
      return named;
    }
    Optional<Path> installed = Programs.find("redis-server");
    return installed.isPresent() ? installed.get().toString() : bundled();
  }

  private static synchronized String bundled() {
    if (bundled == null) {
      bundled = extract();
    }
    return bundled;
  }

  private static String extract() {
    try {
      return ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "there is no Redis server here: install redis-server, name it in RATELIMIT_REDIS_SERVER,"
              + " or add com.github.codemonstur:embedded-redis to the tests' dependencies",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded Redis server cannot be unpacked", e);
    }
  }

  /** Returns whether this process answers, even if it first wants a password. */
  private static boolean answers(int port, ProcessHandle process) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PING_MILLIS);
      socket.connect(Loopback.at(port), PING_MILLIS);
      socket.getOutputStream().write("INFO server\r\nPING\r\n".getBytes(US_ASCII));
      BufferedReader answers =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      String id = first(answers, "process_id:", "-");
      return id.startsWith("-NOAUTH")
          || (id.equals("process_id:" + process.pid()) && first(answers, "+", "-").equals("+PONG"));
    } catch (IOException | UncheckedIOException notYet) {
      return false;
    }
  }

  private static String first(BufferedReader answers, String wanted, String refusal) {
    return answers
        .lines()
        .filter(line -> line.startsWith(wanted) || line.startsWith(refusal))
        .findFirst()
        .orElse("");
  }

  /** Returns the port on {@code 127.0.0.1}, the same for all of its life. */
  public int port() {
    return port;
  }

  /** Returns {@code redis://127.0.0.1:port}. */
  public String uri() {
    return "redis://" + Loopback.ADDRESS + ":" + port;
  }

  /** Returns where the server keeps its files, and its log. */
  public Path directory() {
    return server.directory();
  }

  /** Returns the process that the server runs in, or ran in if it has ended. */
  public ProcessHandle process() {
    return server.handle();
  }

  /** Ends the process as a crash would, and waits until it is gone. */
  public void kill() {
    server.kill();
  }

  /** Ends the process as an operator would: with a last save, if the settings ask for it. */
  public void stop() {
    server.stop();
  }

  /**
   * Starts the server again after {@link #kill} or {@link #stop}, with its settings, port and
   * folder, and waits until it answers.
   *
   * @throws IllegalStateException if it still runs, or as for {@link #start}
   * @throws UncheckedIOException as for {@link #start}
   */
  public void startAgain() {
    server.startAgain();
  }

  /**
   * Stops the process from running, without ending it: connections stay, and nothing answers.
   *
   * @throws IllegalStateException if it has ended
   */
  public void suspend() {
    Signals.suspend(server.handle());
  }

  /**
   * Lets a suspended process run on.
   *
   * @throws IllegalStateException if it has ended
   */
  public void resume() {
    Signals.resume(server.handle());
  }

  /**
   * Kills the process, running or suspended, and deletes its folder. Closing again does nothing.
   */
  @Override
  public void close() {
    server.close();
  }
}
