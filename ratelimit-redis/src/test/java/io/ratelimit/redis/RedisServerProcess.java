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

  private final int port;
  private final Path directory;
  private final List<String> settings;
  private Process process;

  private RedisServerProcess(int port, Path directory, List<String> settings) {
    this.port = port;
    this.directory = directory;
    this.settings = settings;
    this.process = launch();
  }

  /** Starts a server without persistence, unless the settings say otherwise. */
  static RedisServerProcess start(String... settings) {
    try {
      Path directory = Files.createTempDirectory("ratelimit-redis");
      RedisServerProcess server = new RedisServerProcess(freePort(), directory, List.of(settings));
      server.awaitReady();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port from 1024 to 55535, so that the cluster's own port above it is one, too. */
  private static int freePort() throws IOException {
    for (int attempt = 0; attempt < 100; attempt++) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (socket.getLocalPort() <= 55_535) {
          return socket.getLocalPort();
        }
      }
    }
    throw new IOException("no free port up to 55535");
  }

  /** Whether the binary is an installed one, of a version that a host would use. */
  static boolean isInstalled() {
    return installed() != null;
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
    command.addAll(
        List.of(
            "--port", Integer.toString(port),
            "--bind", "127.0.0.1",
            "--dir", directory.toString(),
            "--save", "",
            "--appendonly", "no"));
    command.addAll(settings);
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
