package io.ratelimit.redis;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/** A real Redis server in a process of its own, on this machine's loopback address. */
final class RedisServerProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int CLUSTER_PORT_OFFSET = 10_000;
  private static final int LARGEST_PORT = 65_535;

  private final int port;
  private final Path directory;
  private final List<String> arguments;
  private Process process;

  private RedisServerProcess(int port, Path directory, List<String> arguments) {
    this.port = port;
    this.directory = directory;
    this.arguments = arguments;
    this.process = launch();
    awaitReady();
  }

  /** Starts a server without persistence, unless the settings say otherwise. */
  static RedisServerProcess start(String... settings) {
    try {
      Path directory = Files.createTempDirectory("ratelimit-redis");
      int port = freePort();
      List<String> arguments = new ArrayList<>();
      arguments.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
      arguments.addAll(List.of("--dir", directory.toString()));
      arguments.addAll(List.of("--save", "", "--appendonly", "no"));
      arguments.addAll(List.of(settings));
      return new RedisServerProcess(port, directory, arguments);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a Sentinel that alone decides when to fail over from a master, within two seconds. */
  static RedisServerProcess startSentinel(String name, RedisServerProcess master) {
    try {
      Path directory = Files.createTempDirectory("ratelimit-sentinel");
      int port = freePort();
      List<String> settings =
          List.of(
              "port " + port,
              "bind 127.0.0.1",
              "dir " + directory,
              "sentinel monitor " + name + " 127.0.0.1 " + master.port() + " 1",
              "sentinel down-after-milliseconds " + name + " 1000",
              "sentinel failover-timeout " + name + " 5000");
      Path file = Files.write(directory.resolve("sentinel.conf"), settings);
      return new RedisServerProcess(port, directory, List.of(file.toString(), "--sentinel"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A free port under which the one for a cluster's own traffic, 10,000 above it, is free, too. */
  static int freePort() throws IOException {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        int port = socket.getLocalPort();
        if (port + CLUSTER_PORT_OFFSET <= LARGEST_PORT && isFree(port + CLUSTER_PORT_OFFSET)) {
          return port;
        }
      }
    }
    throw new IOException("no two free ports " + CLUSTER_PORT_OFFSET + " apart");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static String installed() {
    String named = System.getenv("RATELIMIT_REDIS_SERVER");
    if (named != null && !named.isBlank()) {
      return named;
    }
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "redis-server"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(null);
  }

  private static final class Bundled {
    static final String BINARY = extract();

    private static String extract() {
      try {
        return ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Process launch() {
    String binary = installed();
    List<String> command = new ArrayList<>();
    command.add(binary == null ? Bundled.BINARY : binary);
    command.addAll(arguments);
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(directory.resolve("server.log").toFile()))
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> "PONG".equals(ask(RedisCommands::ping)));
  }

  int port() {
    return port;
  }

  String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Asks the server on a connection of its own. */
  <T> T ask(Function<RedisCommands<String, String>, T> question) {
    RedisURI uri = RedisURI.create(uri());
    uri.setTimeout(Duration.ofSeconds(5));
    RedisClient client = RedisClient.create(TestClients.resources(), uri);
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      return question.apply(connection.sync());
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  /** Ends the process as a crash would. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Ends the process as an operator would: with a last save, if the settings ask for it. */
  void stop() {
    process.destroy();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the Redis server does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts the process again, on the same port and folder. */
  void startAgain() {
    process = launch();
    awaitReady();
  }

  /** Where the server keeps its files. */
  Path directory() {
    return directory;
  }

  /** Stops the process from running, without ending it. */
  void suspend() {
    Signals.send("STOP", process.pid());
  }

  /** Lets a suspended process run on. */
  void resume() {
    Signals.send("CONT", process.pid());
  }

  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
