package io.ratelimit.benchmarks.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Redis server of this program's own, without persistence, on a free port of the loopback. */
final class LocalRedis implements AutoCloseable {

  private static final int ATTEMPTS = 200;
  private static final Pattern PROCESSOR_SECONDS =
      Pattern.compile("(?m)^used_cpu_(?:sys|user):([0-9.]+)");

  private final int port;
  private final Process process;

  private LocalRedis(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** Starts a server: {@code redis-server} on the path, or what RATELIMIT_REDIS_SERVER names. */
  static LocalRedis start() throws IOException, InterruptedException {
    String binary = System.getenv().getOrDefault("RATELIMIT_REDIS_SERVER", "redis-server");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    ProcessBuilder command =
        new ProcessBuilder(
            binary,
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no");
    command.directory(new File(System.getProperty("java.io.tmpdir")));
    command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = command.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    LocalRedis redis = new LocalRedis(port, process);
    redis.awaitReady();
    return redis;
  }

  private void awaitReady() throws IOException, InterruptedException {
    for (int attempt = 0; attempt < ATTEMPTS && process.isAlive(); attempt++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        Thread.sleep(50); // Not there yet.
      }
    }
    process.destroyForcibly();
    throw new IOException("redis-server does not answer on port " + port);
  }

  int port() {
    return port;
  }

  String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Asks the server on a connection of its own. */
  <T> T ask(Function<RedisCommands<String, String>, T> question) {
    RedisClient client = RedisClient.create(uri());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.setTimeout(Duration.ofSeconds(30));
      return question.apply(connection.sync());
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  /** How much time of a processor the server has used, in microseconds. */
  double processorMicros() {
    Matcher matcher = PROCESSOR_SECONDS.matcher(ask(redis -> redis.info("cpu")));
    double seconds = 0;
    while (matcher.find()) {
      seconds += Double.parseDouble(matcher.group(1));
    }
    return seconds * 1e6;
  }

  /** Empties the server, so that one measurement leaves nothing to the next. */
  void flush() {
    String unused = ask(RedisCommands::flushall);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
